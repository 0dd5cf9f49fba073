import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { Button, Dialog, firstName } from "../../ui";
import { api } from "../api";
import { useAction } from "../hooks";
import { learn } from "../state/sessions";
import { sessionFacts } from "../words";
import { Trouble } from "./trouble";

interface FreeButtonsProps {
  /** The session in contact now. */
  other: Session;
  hold: string;
  end: string;
  /** Once that contact is over. */
  onFree?: () => Promise<unknown>;
}

/** Two ways out of a contact: back to the waiting room, or the end. */
export function FreeButtons({ other, hold, end, onFree }: FreeButtonsProps) {
  const { busy, error, run } = useAction(sessionFacts(other));
  const free = (close: Promise<Session>) =>
    run(async () => {
      learn(await close);
      await onFree?.();
    });
  return (
    <>
      <Button disabled={busy} data-testid="busy-hold" onClick={() => void free(api.hold(other.id))}>
        {hold}
      </Button>
      <Button disabled={busy} data-testid="busy-end" onClick={() => void free(api.end(other.id))}>
        {end}
      </Button>
      <Trouble error={error} name={firstName(other.patient_name)} />
    </>
  );
}

interface AskFirstProps {
  other: Session;
  /** Who shall come in. */
  next: string;
  onStay: () => void;
  onFree: () => Promise<unknown>;
}

/** Asked before somebody is let in beside a patient with whom the therapist is in contact. */
export function AskFirst({ other, next, onStay, onFree }: AskFirstProps) {
  const who = { name: firstName(other.patient_name), next };
  return (
    <Dialog
      title={t("busy.title", who)}
      closeLabel={t("go.cancel")}
      onClose={onStay}
      data-testid="busy"
    >
      <p>{t("busy.text", who)}</p>
      <div class="stack busy-choice">
        <Button kind="primary" data-testid="busy-stay" onClick={onStay}>
          {t("busy.stay", who)}
        </Button>
        <FreeButtons
          other={other}
          hold={t("busy.hold_and", who)}
          end={t("busy.end_and", who)}
          onFree={onFree}
        />
      </div>
    </Dialog>
  );
}
