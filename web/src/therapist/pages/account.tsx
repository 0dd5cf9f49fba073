import { LogOut } from "lucide-preact";
import { useState } from "preact/hooks";
import { LOCALES } from "../../i18n/core";
import { languageLabel } from "../../i18n/languages";
import { t } from "../../i18n/therapist";
import { Button, Select, TextField, type Theme, theme } from "../../ui";
import { api } from "../api";
import { refusedField, useForm } from "../form";
import { useAction, useTitle } from "../hooks";
import { Trouble } from "../parts/trouble";
import { expired, me } from "../state/account";
import { leave } from "../state/place";
import { navigate } from "../state/router";
import { listenToControl, stopListening } from "../state/sessions";

const THEMES: readonly Theme[] = ["system", "light", "dark"];

/** Name and language of the account, the look of this browser, and the way out. */
export function AccountPage() {
  useTitle(t("account.title"));
  const logout = useAction();
  const logOut = () =>
    void logout.run(async () => {
      // What the server says to the socket of a login that ends is no news here.
      stopListening();
      await api.logout().catch((error: unknown) => {
        listenToControl();
        throw error;
      });
      leave();
      navigate("/login", { replace: true });
      me.value = null;
      expired.value = false;
    });
  return (
    <div class="narrow stack wide-gap">
      <h1>{t("account.title")}</h1>
      <Profile />
      <section class="card padded stack">
        <Select
          label={t("account.look")}
          choices={THEMES.map((value) => ({ value, text: t(`account.look_${value}`) }))}
          value={theme.value}
          data-testid="account-theme"
          onChoose={(value) => {
            theme.value = value as Theme;
          }}
        />
        <p class="small soft">{t("account.look_hint")}</p>
      </section>
      <section class="row wrap">
        <Button icon={LogOut} disabled={logout.busy} data-testid="logout" onClick={logOut}>
          {t("account.logout")}
        </Button>
        <span class="small soft">{t("account.logout_hint")}</span>
      </section>
      <Trouble error={logout.error} />
    </div>
  );
}

function Profile() {
  const [name, setName] = useState(me.value?.name ?? "");
  const [language, setLanguage] = useState(me.value?.language ?? "en");
  const [saved, setSaved] = useState(false);
  const { form, busy, wrong, error, submit, clear } = useForm<"name">(
    () => (name.trim() ? {} : { name: t("register.name_missing") }),
    (refused) => (refusedField(refused) === "name" ? { name: t("form.name_wrong") } : {}),
  );
  const save = async (event: Event) => {
    setSaved(false);
    const change = async () => {
      me.value = await api.changeMe({ name: name.trim(), language });
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
      <TextField
        label={t("account.name")}
        autocomplete="name"
        required
        value={name}
        wrong={wrong.name}
        onText={(text) => {
          clear();
          setName(text);
        }}
        data-testid="account-name"
      />
      <TextField
        label={t("account.email")}
        value={me.value?.email ?? ""}
        disabled
        onText={() => {}}
      />
      <Select
        label={t("account.language")}
        choices={LOCALES.map((value) => ({ value, text: languageLabel(value) }))}
        value={language}
        data-testid="account-language"
        onChoose={setLanguage}
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
