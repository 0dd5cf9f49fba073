import { clockText, nearDay, spokenLength } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { Button, firstName } from "../../ui";
import { api } from "../api";
import { useAction } from "../hooks";
import { patientPath, roomPath } from "../routes";
import { navigate } from "../state/router";
import { isWaiting, learn } from "../state/sessions";
import { outcomeWords, sessionFacts } from "../words";
import { OpenWaitingRoomIcon } from "./open-waiting-room";
import { Trouble } from "./trouble";

interface SessionRowsProps {
  sessions: readonly Session[];
  /** Leave name and session icon out: on the patient's own page, which has both. */
  nameless?: boolean;
}

/** Sessions, one a row: with whom, when, how long, how it went, and the session icon. */
export function SessionRows({ sessions, nameless }: SessionRowsProps) {
  return (
    <ul class="card rows">
      {sessions.map((session) => (
        <SessionRow key={session.id} session={session} nameless={nameless ?? false} />
      ))}
    </ul>
  );
}

function SessionRow({ session, nameless }: { session: Session; nameless: boolean }) {
  const words = outcomeWords(session);
  const open = session.state !== "ended";
  return (
    <li class={nameless ? "line nameless" : "line"} data-testid="session-row">
      {!nameless && (
        <a class="name" href={patientPath(session.patient_id)}>
          {session.patient_name}
        </a>
      )}
      <span class="when soft">{nearDay(session.contact_at ?? session.opened_at)}</span>
      <span class="how">
        {session.contact_at && <Length seconds={session.wall_s} />}
        {words && <span class={open ? "state open" : "state soft"}>{words}</span>}
      </span>
      <span class="row row-actions">
        {isWaiting(session) && <StartButton session={session} />}
        {!nameless && (
          <OpenWaitingRoomIcon patientId={session.patient_id} name={session.patient_name} />
        )}
      </span>
    </li>
  );
}

/** The patient is in the room: one press and both are in contact. */
function StartButton({ session }: { session: Session }) {
  const { busy, error, run, clear } = useAction(sessionFacts(session));
  const start = async () => {
    if (!session.therapist_entered) await api.enter(session.id);
    learn(await api.accept(session.id));
    navigate(roomPath(session.id));
  };
  return (
    <>
      <Button
        kind="primary"
        size="compact"
        disabled={busy}
        aria-label={t("sessions.start_for", { name: session.patient_name })}
        data-testid="start-session"
        onClick={() => void run(start)}
      >
        {t("sessions.start")}
      </Button>
      <Trouble error={error} name={firstName(session.patient_name)} onClose={clear} />
    </>
  );
}

function Length({ seconds }: { seconds: number }) {
  return (
    <>
      <span class="num" aria-hidden="true">
        {clockText(seconds)}
      </span>
      <span class="only-heard">{spokenLength(seconds)}</span>
    </>
  );
}
