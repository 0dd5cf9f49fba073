import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { Button, firstName } from "../../ui";
import { api } from "../api";
import { useAction } from "../hooks";
import { roomPath } from "../routes";
import { inContactElsewhere } from "../session";
import { navigate } from "../state/router";
import { learn, openSessions } from "../state/sessions";
import { sessionFacts } from "../words";
import { AskFirst } from "./one-at-a-time";
import { Trouble } from "./trouble";

/**
 * The patient is in the room: one press and both are in contact, after a question where another is;
 * whether one is must be known first.
 */
export function StartButton({ session }: { session: Session }) {
  const { busy, error, run, clear } = useAction(sessionFacts(session));
  const [asking, setAsking] = useState(false);
  const other = inContactElsewhere(session.id);
  const name = firstName(session.patient_name);
  const start = async () => {
    if (!session.therapist_entered) await api.enter(session.id);
    learn(await api.accept(session.id));
    navigate(roomPath(session.id));
  };
  const startOnceFree = async () => {
    setAsking(false);
    await run(start);
  };
  return (
    <>
      <Button
        kind="primary"
        size="compact"
        disabled={busy || openSessions.value === null}
        aria-label={t("sessions.start_for", { name: session.patient_name })}
        data-testid="start-session"
        onClick={() => (other ? setAsking(true) : void run(start))}
      >
        {t("sessions.start")}
      </Button>
      <Trouble error={error} name={name} onClose={clear} />
      {asking && other && (
        <AskFirst
          other={other}
          next={name}
          onStay={() => setAsking(false)}
          onFree={startOnceFree}
        />
      )}
    </>
  );
}
