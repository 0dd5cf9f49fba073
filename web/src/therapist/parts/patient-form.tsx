import { useState } from "preact/hooks";
import { LOCALE_NAMES, LOCALES } from "../../i18n/core";
import { t } from "../../i18n/therapist";
import { Button, DialogFoot, Select, TextField } from "../../ui";
import type { PatientForm as Form, Patient } from "../api";
import { useAction } from "../hooks";
import { Trouble } from "./trouble";

interface PatientFormProps {
  start: Pick<Patient, "name" | "email" | "phone" | "language">;
  submit: string;
  onCancel: () => void;
  onSave: (form: Form) => Promise<void>;
}

/** Name, e-mail, phone and language of a patient. */
export function PatientForm({ start, submit, onCancel, onSave }: PatientFormProps) {
  const [name, setName] = useState(start.name);
  const [email, setEmail] = useState(start.email ?? "");
  const [phone, setPhone] = useState(start.phone ?? "");
  const [language, setLanguage] = useState(start.language);
  const [nameless, setNameless] = useState(false);
  const { busy, error, run } = useAction();
  const save = (event: Event) => {
    event.preventDefault();
    setNameless(!name.trim());
    if (!name.trim()) return;
    const form = {
      name: name.trim(),
      email: email.trim() || null,
      phone: phone.trim() || null,
      language,
    };
    void run(() => onSave(form));
  };
  const optional = (label: string) => `${label} (${t("form.optional")})`;
  return (
    <form class="stack loose" onSubmit={save} noValidate>
      <TextField
        label={t("form.name")}
        value={name}
        autofocus
        autocomplete="off"
        wrong={nameless ? t("form.name_missing") : undefined}
        onText={setName}
        data-testid="patient-name"
      />
      <TextField
        label={optional(t("form.email"))}
        type="email"
        autocomplete="off"
        value={email}
        onText={setEmail}
        data-testid="patient-email"
      />
      <TextField
        label={optional(t("form.phone"))}
        type="tel"
        autocomplete="off"
        value={phone}
        onText={setPhone}
        data-testid="patient-phone"
      />
      <Select
        label={t("form.language")}
        choices={LOCALES.map((value) => ({ value, text: LOCALE_NAMES[value] }))}
        value={language}
        data-testid="patient-language"
        onChoose={setLanguage}
      />
      <Trouble error={error} />
      <DialogFoot>
        <Button onClick={onCancel}>{t("go.cancel")}</Button>
        <Button type="submit" kind="primary" disabled={busy} data-testid="patient-save">
          {submit}
        </Button>
      </DialogFoot>
    </form>
  );
}
