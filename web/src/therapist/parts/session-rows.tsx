import { clockText, nearDay, spokenLength } from "../../i18n/format";
import type { Session } from "../../lib/types";
import { patientPath } from "../routes";
import { isWaiting } from "../state/sessions";
import { outcomeWords } from "../words";
import { OpenWaitingRoomIcon } from "./open-waiting-room";
import { StartButton } from "./start-button";

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
