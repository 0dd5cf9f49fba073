import { LogOut } from "lucide-preact";
import { useState } from "preact/hooks";
import { LOCALE_NAMES, LOCALES } from "../../i18n/core";
import { t } from "../../i18n/therapist";
import { Button, Select, TextField, type Theme, theme } from "../../ui";
import { api } from "../api";
import { useAction, useTitle } from "../hooks";
import { Trouble } from "../parts/trouble";
import { me } from "../state/account";
import { leave } from "../state/place";
import { navigate } from "../state/router";

const THEMES: readonly Theme[] = ["system", "light", "dark"];

/** Name and language of the account, the look of this browser, and the way out. */
export function AccountPage() {
  useTitle(t("account.title"));
  const logout = useAction();
  const leaveHouse = () =>
    void logout.run(async () => {
      await api.logout();
      leave();
      navigate("/login", { replace: true });
      me.value = null;
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
        <Button icon={LogOut} disabled={logout.busy} data-testid="logout" onClick={leaveHouse}>
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
  const { busy, error, run } = useAction();
  const submit = async (event: Event) => {
    event.preventDefault();
    setSaved(false);
    const change = async () => {
      me.value = await api.changeMe({ name: name.trim(), language });
    };
    setSaved(await run(change));
  };
  return (
    <form class="card padded stack loose" onSubmit={(event) => void submit(event)}>
      <TextField
        label={t("account.name")}
        autocomplete="name"
        required
        value={name}
        onText={setName}
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
        choices={LOCALES.map((value) => ({ value, text: LOCALE_NAMES[value] }))}
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
