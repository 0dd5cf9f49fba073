import { timeOfDay, waitText } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { Button, Face, firstName } from "../../ui";
import { api } from "../api";
import { now, useAction } from "../hooks";
import { leftAt, wasHere } from "../other-side";
import { learn } from "../state/sessions";
import { sessionFacts, waitedSeconds } from "../words";
import { FailureNotes } from "./failures";
import { CopyLinkButton } from "./link-box";
import { CardProof } from "./proof";
import { Trouble } from "./trouble";

/** Before contact: the patient waits and can be accepted, or is not here yet. */
export function BeforeCard({ session }: { session: Session }) {
  const here = session.patient_present || session.patient_reconnecting;
  return (
    <section class="before" aria-live="polite">
      <div class="card before-card">
        <Face name={session.patient_name} size="large" here={here} />
        {here ? <Accept session={session} /> : <Absent session={session} />}
        <FailureNotes only={session.patient_id} />
      </div>
    </section>
  );
}

function Accept({ session }: { session: Session }) {
  const { busy, error, run } = useAction(sessionFacts(session));
  const name = firstName(session.patient_name);
  const waited = waitedSeconds(session, now.value);
  return (
    <>
      <div class="stack tight">
        <h1>{t(session.sent_back_at ? "room.held" : "room.waiting", { name })}</h1>
        {waited !== null && !session.sent_back_at && (
          <p class="soft num">{t("room.waiting_for", { time: waitText(waited) })}</p>
        )}
      </div>
      <CardProof session={session} />
      <Button
        kind="primary"
        size="big"
        wide
        disabled={busy || !session.patient_present}
        data-testid="accept"
        onClick={() => void run(async () => learn(await api.accept(session.id)))}
      >
        {t("room.accept")}
      </Button>
      <Trouble error={error} name={name} />
      <p class="small soft">{t("room.until", { name })}</p>
    </>
  );
}

function Absent({ session }: { session: Session }) {
  const { title, hint } = absentWords(session);
  return (
    <>
      <div class="stack tight">
        <h1>{title}</h1>
        <p class="soft">{hint}</p>
      </div>
      <CopyLinkButton patientId={session.patient_id} />
    </>
  );
}

/** Whoever left or was cut off was here, and is not waited for as if new. */
function absentWords(session: Session): { title: string; hint: string } {
  const name = firstName(session.patient_name);
  const left = leftAt(session);
  const comeBack = t("room.left_hint", { name });
  const newLink = t("room.revoked_hint", { name });
  if (session.link_state === "revoked")
    return { title: t("room.revoked", { name }), hint: newLink };
  if (session.link_state === "expired")
    return { title: t("room.expired", { name }), hint: newLink };
  if (left) return { title: t("room.left", { name, time: timeOfDay(left) }), hint: comeBack };
  if (wasHere(session)) return { title: t("room.gone_now", { name }), hint: comeBack };
  return { title: t("room.absent", { name }), hint: t("room.absent_hint", { name }) };
}
