import { useState } from "preact/hooks";
import { locale } from "../../i18n/core";
import { t } from "../../i18n/therapist";
import { Button, Dialog, DialogFoot, firstName } from "../../ui";
import { api, type Patient } from "../api";
import { patientPath } from "../routes";
import { navigate } from "../state/router";
import { LinkBox } from "./link-box";
import { PatientForm } from "./patient-form";

interface AddPatientProps {
  onClose: () => void;
  onAdded?: () => void;
}

/** Add a patient; then the link, as sending it is the next thing one does. */
export function AddPatient({ onClose, onAdded }: AddPatientProps) {
  const [added, setAdded] = useState<Patient | null>(null);
  if (added) return <Added patient={added} onClose={onClose} />;
  return (
    <Dialog title={t("patients.add")} closeLabel={t("go.cancel")} onClose={onClose}>
      <PatientForm
        start={{ name: "", email: null, phone: null, language: locale.value }}
        submit={t("form.add")}
        onCancel={onClose}
        onSave={async (form) => {
          setAdded(await api.addPatient(form));
          onAdded?.();
        }}
      />
    </Dialog>
  );
}

function Added({ patient, onClose }: { patient: Patient; onClose: () => void }) {
  return (
    <Dialog
      title={t("form.added_title", { name: patient.name })}
      closeLabel={t("go.close")}
      onClose={onClose}
    >
      <p>{t("form.added", { name: firstName(patient.name) })}</p>
      <LinkBox patientId={patient.id} name={patient.name} />
      <DialogFoot>
        <Button
          onClick={() => {
            onClose();
            navigate(patientPath(patient.id));
          }}
        >
          {t("form.open_profile")}
        </Button>
        <Button kind="primary" data-testid="patient-added-done" onClick={onClose}>
          {t("form.done")}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
