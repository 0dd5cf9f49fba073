import { useState } from "preact/hooks";
import { locale } from "../../i18n/core";
import { t } from "../../i18n/therapist";
import { Dialog, firstName } from "../../ui";
import { api, type Patient } from "../api";
import { PatientAdded } from "./patient-added";
import { PatientForm } from "./patient-form";

interface AddPatientProps {
  onClose: () => void;
  onAdded?: () => void;
}

/** Add a patient; then the link, as sending it is the next thing one does. */
export function AddPatient({ onClose, onAdded }: AddPatientProps) {
  const [added, setAdded] = useState<Patient | null>(null);
  if (added) {
    const text = t("form.added", { name: firstName(added.name) });
    return <PatientAdded patient={added} text={text} onClose={onClose} />;
  }
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
