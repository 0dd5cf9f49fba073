import { t } from "../../i18n/therapist";
import { Button, Dialog, DialogFoot } from "../../ui";
import type { Patient } from "../api";
import { patientPath } from "../routes";
import { navigate } from "../state/router";
import { LinkBox } from "./link-box";

interface PatientAddedProps {
  patient: Patient;
  text: string;
  /** Offer the way to the patient's profile. */
  withProfile?: boolean;
  onClose: () => void;
}

/** After somebody was added: the link, as sending it is the next thing one does. */
export function PatientAdded({ patient, text, withProfile = true, onClose }: PatientAddedProps) {
  return (
    <Dialog
      title={t("form.added_title", { name: patient.name })}
      closeLabel={t("go.close")}
      onClose={onClose}
    >
      <p>{text}</p>
      <LinkBox patientId={patient.id} name={patient.name} />
      <DialogFoot>
        {withProfile && (
          <Button
            onClick={() => {
              onClose();
              navigate(patientPath(patient.id));
            }}
          >
            {t("form.open_profile")}
          </Button>
        )}
        <Button kind="primary" data-testid="patient-added-done" onClick={onClose}>
          {t("form.done")}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
