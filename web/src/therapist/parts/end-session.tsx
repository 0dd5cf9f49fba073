import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { ApiError } from "../../lib/api";
import type { Session } from "../../lib/types";
import { firstName } from "../../ui";
import { api } from "../api";
import { useAction } from "../hooks";
import { waitingPath } from "../routes";
import { leave } from "../state/place";
import { navigate } from "../state/router";
import { learn } from "../state/sessions";
import { Ask } from "./ask";
import { Trouble } from "./trouble";

/** X: closes the waiting room and the session for both, after a question when somebody is there. */
export function useEndSession(session: Session | null) {
  const [asking, setAsking] = useState(false);
  const { busy, error, run, clear } = useAction(session?.state);
  const end = async () => {
    if (!session) return;
    const done = await run(async () => learn(await ended(session.id)));
    setAsking(false);
    if (!done) return;
    leave();
    navigate(hasPage(session) ? waitingPath(session.id) : "/");
  };
  const somebody = session !== null && (session.patient_present || session.gate_open);
  const ask = () => (somebody ? setAsking(true) : void end());
  const question = session && (
    <>
      {asking && (
        <Ask
          title={t("wait.close_title")}
          text={questionText(session)}
          yes={t("wait.close_yes")}
          busy={busy}
          onNo={() => setAsking(false)}
          onYes={() => void end()}
        />
      )}
      <Trouble error={error} onClose={clear} />
    </>
  );
  return { ask, question, busy };
}

/** Somebody was met, or there is something to decide: the session's own page has what comes next. */
function hasPage({ is_guest, contact_at }: Session): boolean {
  return is_guest || contact_at !== null;
}

/** End it; one that is closed and not saved yet is over here too: camera and microphone go off. */
async function ended(id: string): Promise<Session> {
  try {
    return await api.end(id);
  } catch (error) {
    if (error instanceof ApiError && error.code === "closed_unsaved") leave();
    throw error;
  }
}

function questionText(session: Session): string {
  const name = firstName(session.patient_name);
  return session.gate_open ? t("wait.close_contact", { name }) : t("wait.close_waiting", { name });
}
