import { DoorOpen } from "lucide-preact";
import { t } from "../../i18n/therapist";
import { Button, IconButton } from "../../ui";
import { api } from "../api";
import { useAction } from "../hooks";
import { waitingPath } from "../routes";
import { navigate } from "../state/router";
import { learn, sessionOf } from "../state/sessions";
import { Trouble } from "./trouble";

interface OpenProps {
  patientId: string;
  name: string;
}

/** The session icon: opens the patient's virtual waiting room directly, by the open session or a new one. */
export function OpenWaitingRoomIcon({ patientId, name }: OpenProps) {
  const { busy, error, run, clear } = useAction();
  return (
    <>
      <IconButton
        icon={DoorOpen}
        label={t("patients.open_room", { name })}
        disabled={busy}
        data-testid="open-waiting-room"
        onClick={() => void run(() => openWaitingRoom(patientId))}
      />
      <Trouble error={error} onClose={clear} />
    </>
  );
}

/** The same with its words, for the profile. */
export function OpenWaitingRoomButton({ patientId }: OpenProps) {
  const { busy, error, run, clear } = useAction();
  return (
    <>
      <Button
        kind="primary"
        icon={DoorOpen}
        disabled={busy}
        data-testid="open-waiting-room"
        onClick={() => void run(() => openWaitingRoom(patientId))}
      >
        {t("patient.room")}
      </Button>
      <Trouble error={error} onClose={clear} />
    </>
  );
}

/** Open a session with this patient, or the one that is open, and go to its waiting room. */
export async function openWaitingRoom(patientId: string): Promise<void> {
  const session = sessionOf(patientId) ?? (await api.openSession(patientId));
  learn(session);
  navigate(waitingPath(session.id));
}
