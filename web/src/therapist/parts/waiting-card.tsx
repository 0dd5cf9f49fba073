import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { Button, Face } from "../../ui";
import { now } from "../hooks";
import { roomPath, waitingPath } from "../routes";
import { navigate } from "../state/router";
import { waitingSessions } from "../state/sessions";
import { waitingWords } from "../words";
import { ContactTime } from "./contact-time";
import { CardProof } from "./proof";

/** Somebody who waits: who, how long, what the server receives of them. */
export function WaitingCard({ session }: { session: Session }) {
  return (
    <li class="card waiting" data-testid="waiting-card">
      <Face name={session.patient_name} here />
      <Known session={session} />
      <EnterButton session={session} />
    </li>
  );
}

/** The session in contact, as a piece of the dark room: the way back is the one bright thing. */
export function RunningSession({ session }: { session: Session }) {
  const name = session.patient_name;
  return (
    <section
      class="card waiting running room-theme"
      aria-label={t("card.contact")}
      data-testid="running-session"
    >
      <Face name={name} />
      <Known session={session} />
      <ContactTime session={session} />
      <Button
        kind="primary"
        class="enter"
        aria-label={t("card.return_for", { name })}
        data-testid="enter-waiting-room"
        onClick={() => navigate(roomPath(session.id))}
      >
        {t("card.return")}
      </Button>
    </section>
  );
}

function Known({ session }: { session: Session }) {
  return (
    <div class="stack tight">
      <div class="who">
        <span class="name">{session.patient_name}</span>
        <span class="small soft num">{waitingWords(session, now.value)}</span>
        {session.is_guest && <span class="small soft">{t("first.one")}</span>}
      </div>
      <CardProof session={session} />
    </div>
  );
}

function EnterButton({ session, compact }: { session: Session; compact?: boolean }) {
  return (
    <Button
      kind="primary"
      size={compact ? "compact" : "normal"}
      class="enter"
      aria-label={t("card.enter_for", { name: session.patient_name })}
      data-testid="enter-waiting-room"
      onClick={() => navigate(waitingPath(session.id))}
    >
      {t("card.enter")}
    </Button>
  );
}

/** Who waits, on every page that is not Home: a clay dot, the name, and the way to them. */
export function WaitingElsewhere({ but }: { but: Session | null }) {
  const waiting = waitingSessions.value.filter(({ id }) => id !== but?.id);
  if (waiting.length === 0) return null;
  return (
    <ul class="waiting-elsewhere" aria-label={t("home.waiting")} data-testid="waiting-elsewhere">
      {waiting.map((session) => (
        <li key={session.id}>
          <span class="clay-dot" aria-hidden="true" />
          <span class="grow">
            <span class="name">{session.patient_name}</span>{" "}
            <span class="small soft num">{waitingWords(session, now.value)}</span>
          </span>
          <EnterButton session={session} compact />
        </li>
      ))}
    </ul>
  );
}

/** Stands on every page while a waiting room is minimised: the way back to it. */
export function ReturnBar({ session }: { session: Session }) {
  const name = session.patient_name;
  const open = session.gate_open ? roomPath(session.id) : waitingPath(session.id);
  return (
    <aside class="return-bar card room-theme" data-testid="return-bar">
      <Face name={name} size="little" here={session.patient_present && !session.gate_open} />
      <div class="grow">
        <div class="name cut">{name}</div>
        <div class="small soft num">{waitingWords(session, now.value)}</div>
        <ContactTime session={session} />
      </div>
      <Button
        kind="primary"
        size="compact"
        aria-label={t("card.return_for", { name })}
        onClick={() => navigate(open)}
      >
        {t("card.return")}
      </Button>
    </aside>
  );
}
