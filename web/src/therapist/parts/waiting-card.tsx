import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { Button, Face } from "../../ui";
import { now } from "../hooks";
import { roomPath, waitingPath } from "../routes";
import { navigate } from "../state/router";
import { waitingWords } from "../words";
import { ContactTime } from "./contact-time";
import { ProofWords } from "./proof";

/** Somebody who waits, or whom the therapist has left for a moment: who, how long, what we receive. */
export function WaitingCard({ session }: { session: Session }) {
  const name = session.patient_name;
  const back = session.gate_open;
  return (
    <li class={back ? "card waiting contact" : "card waiting"} data-testid="waiting-card">
      <Face name={name} here={!back} />
      <div class="stack tight">
        <div class="who">
          <span class="name">{name}</span>
          <span class="small soft num">{waitingWords(session, now.value)}</span>
          {back && <ContactTime session={session} />}
        </div>
        <ProofWords session={session} />
      </div>
      <Button
        kind="primary"
        class="enter"
        aria-label={t(back ? "card.return_for" : "card.enter_for", { name })}
        data-testid="enter-waiting-room"
        onClick={() => navigate(back ? roomPath(session.id) : waitingPath(session.id))}
      >
        {t(back ? "card.return" : "card.enter")}
      </Button>
    </li>
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
