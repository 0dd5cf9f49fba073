import { useState } from "preact/hooks";
import { LOCALES } from "../../i18n/core";
import { languageLabel } from "../../i18n/languages";
import { t } from "../../i18n/therapist";
import { calledName, type Gender, needsGender, splitTitle } from "../../lib/titles";
import { Button, Select, TextField } from "../../ui";
import { api } from "../api";
import { refusedField, useForm } from "../form";
import { me } from "../state/account";
import { Trouble } from "./trouble";

/** Others can be written before the name. */
const TITLES = ["Dott.ssa", "Dott.", "Dr.ssa", "Dr.", "Prof.ssa", "Prof.", "Sig.ra", "Sig."];

/** Name and language, and how patients will read the name. */
export function Profile() {
  const [before, rest] = splitTitle(me.value?.name ?? "");
  const [title, setTitle] = useState(before);
  const [name, setName] = useState(rest);
  const [gender, setGender] = useState<Gender | null>(me.value?.gender ?? null);
  const [language, setLanguage] = useState(me.value?.language ?? "en");
  const [saved, setSaved] = useState(false);
  const whole = [title, name.trim()].filter(Boolean).join(" ");
  const { form, busy, wrong, error, submit, clear } = useForm<"name">(
    () => (name.trim() ? {} : { name: t("register.name_missing") }),
    (refused) => (refusedField(refused) === "name" ? { name: t("form.name_wrong") } : {}),
  );
  const edit = <Value,>(set: (value: Value) => void) => {
    return (value: Value) => {
      clear();
      setSaved(false);
      set(value);
    };
  };
  const save = async (event: Event) => {
    setSaved(false);
    const change = async () => {
      me.value = await api.changeMe({ name: whole, gender, language });
    };
    setSaved(await submit(event, change));
  };
  return (
    <form
      ref={form}
      class="card padded stack loose"
      noValidate
      onSubmit={(event) => void save(event)}
    >
      <h2 class="label">{t("account.profile")}</h2>
      <div class="pair">
        <Select
          label={t("account.name_title")}
          choices={titleChoices(before)}
          value={title}
          data-testid="account-name-title"
          onChoose={edit(setTitle)}
        />
        <TextField
          label={t("account.name")}
          autocomplete="name"
          required
          value={name}
          wrong={wrong.name}
          onText={edit(setName)}
          data-testid="account-name"
        />
      </div>
      {needsGender(whole) && (
        <Select
          label={t("account.article")}
          choices={[
            { value: "f", text: t("account.article_f") },
            { value: "m", text: t("account.article_m") },
            { value: "", text: t("account.article_none") },
          ]}
          value={gender ?? ""}
          data-testid="account-gender"
          onChoose={edit((value: string) => setGender((value || null) as Gender | null))}
        />
      )}
      <Readings name={whole} gender={gender} />
      <Select
        label={t("account.language")}
        choices={LOCALES.map((value) => ({ value, text: languageLabel(value) }))}
        value={language}
        data-testid="account-language"
        onChoose={edit(setLanguage)}
      />
      <Trouble error={error} />
      <div class="row">
        <Button type="submit" kind="primary" disabled={busy} data-testid="account-save">
          {t("account.save")}
        </Button>
        <span class="small soft" role="status">
          {saved && t("account.saved")}
        </span>
      </div>
    </form>
  );
}

function titleChoices(own: string) {
  const titles = own && !TITLES.includes(own) ? [own, ...TITLES] : TITLES;
  return [
    { value: "", text: t("account.no_title") },
    ...titles.map((value) => ({ value, text: value })),
  ];
}

/** In the patient's words, whatever the page's language. */
const SENTENCES = {
  en: "will let you in.",
  it: "La farà entrare.",
} as const;

function Readings({ name, gender }: { name: string; gender: Gender | null }) {
  return (
    <div class="readings" data-testid="account-reads">
      <span class="small soft">{t("account.reads")}</span>
      {LOCALES.map((language) => (
        <span key={language} lang={language}>
          {begin(calledName(name, language, gender))} {SENTENCES[language]}
        </span>
      ))}
    </div>
  );
}

function begin(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
