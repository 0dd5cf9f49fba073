import { useState } from "preact/hooks";
import { locale } from "../../i18n/core";
import { languageLabel, PATIENT_LANGUAGES } from "../../i18n/languages";
import { t } from "../../i18n/therapist";
import { Button, DialogFoot, Select, TextField } from "../../ui";
import type { PatientForm as Form, Patient } from "../api";
import { looksLikeEmail, looksLikePhone, refusedField, useForm, type Wrong } from "../form";
import { Trouble } from "./trouble";

interface PatientFormProps {
  start: Pick<Patient, "name" | "email" | "phone" | "language">;
  submit: string;
  onCancel: () => void;
  onSave: (form: Form) => Promise<void>;
}

/** Name, e-mail, phone and language of a patient. */
export function PatientForm({ start, submit: label, onCancel, onSave }: PatientFormProps) {
  const [name, setName] = useState(start.name);
  const [email, setEmail] = useState(start.email ?? "");
  const [phone, setPhone] = useState(start.phone ?? "");
  const [language, setLanguage] = useState(start.language);
  const { form, busy, wrong, error, submit, clear } = useForm<Field>(
    () => ({
      ...(name.trim() ? {} : { name: t("form.name_missing") }),
      ...(!email.trim() || looksLikeEmail(email) ? {} : { email: t("form.email_wrong") }),
      ...(!phone.trim() || looksLikePhone(phone) ? {} : { phone: t("form.phone_wrong") }),
    }),
    refusedHere,
  );
  const typed = (take: (text: string) => void) => (text: string) => {
    clear();
    take(text);
  };
  const save = (event: Event) => {
    const filled = {
      name: name.trim(),
      email: email.trim() || null,
      phone: phone.trim() || null,
      language,
    };
    void submit(event, () => onSave(filled));
  };
  const optional = (label: string) => `${label} (${t("form.optional")})`;
  return (
    <form ref={form} class="stack loose" onSubmit={save} noValidate>
      <TextField
        label={t("form.name")}
        value={name}
        autofocus
        autocomplete="off"
        wrong={wrong.name}
        onText={typed(setName)}
        data-testid="patient-name"
      />
      <TextField
        label={optional(t("form.email"))}
        type="email"
        autocomplete="off"
        value={email}
        wrong={wrong.email}
        onText={typed(setEmail)}
        data-testid="patient-email"
      />
      <TextField
        label={optional(t("form.phone"))}
        type="tel"
        autocomplete="off"
        value={phone}
        wrong={wrong.phone}
        onText={typed(setPhone)}
        data-testid="patient-phone"
      />
      <Select
        label={t("form.language")}
        choices={PATIENT_LANGUAGES.map((value) => ({
          value,
          text: languageLabel(value, locale.value),
        }))}
        value={language}
        data-testid="patient-language"
        onChoose={setLanguage}
      />
      <Trouble error={error} />
      <DialogFoot>
        <Button onClick={onCancel}>{t("go.cancel")}</Button>
        <Button type="submit" kind="primary" disabled={busy} data-testid="patient-save">
          {label}
        </Button>
      </DialogFoot>
    </form>
  );
}

type Field = "name" | "email" | "phone";

function refusedHere(error: unknown): Wrong<Field> {
  const field = refusedField(error);
  if (field === "name") return { name: t("form.name_wrong") };
  if (field === "email") return { email: t("form.email_wrong") };
  return field === "phone" ? { phone: t("form.phone_wrong") } : {};
}
