import { Plus, UserPlus } from "lucide-preact";
import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { Button } from "../../ui";
import { AddPatient } from "./add-patient";
import { StartFirstButton } from "./first-dialog";
import { PickPatient } from "./pick-patient";

/** The ways to begin, always at hand on Home. */
export function Begin() {
  return (
    <fieldset class="row wrap begin" aria-label={t("begin.title")}>
      <AddPatientButton />
      <NewSessionButton />
      <StartFirstButton />
    </fieldset>
  );
}

export function AddPatientButton({ onAdded }: { onAdded?: () => void }) {
  const [adding, setAdding] = useState(false);
  return (
    <>
      <Button icon={UserPlus} data-testid="add-patient" onClick={() => setAdding(true)}>
        {t("patients.add")}
      </Button>
      {adding && <AddPatient onAdded={() => onAdded?.()} onClose={() => setAdding(false)} />}
    </>
  );
}

/** Opens the pop-up that picks exactly one patient. */
export function NewSessionButton() {
  const [picking, setPicking] = useState(false);
  return (
    <>
      <Button icon={Plus} data-testid="new-session" onClick={() => setPicking(true)}>
        {t("sessions.new")}
      </Button>
      {picking && <PickPatient onClose={() => setPicking(false)} />}
    </>
  );
}
