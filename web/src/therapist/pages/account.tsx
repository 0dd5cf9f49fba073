import { LogOut } from "lucide-preact";
import { locale } from "../../i18n/core";
import { helpAddress } from "../../i18n/languages";
import { t } from "../../i18n/therapist";
import { Button, Select, type Theme, theme } from "../../ui";
import { api } from "../api";
import { useAction, useTitle } from "../hooks";
import { AccountEmail } from "../parts/account-email";
import { AccountLeaving } from "../parts/account-leaving";
import { AccountLogins } from "../parts/account-logins";
import { AccountNotices } from "../parts/account-notices";
import { AccountPassword } from "../parts/account-password";
import { AccountPicture } from "../parts/account-picture";
import { Profile } from "../parts/account-profile";
import { DefaultSetting } from "../parts/default-setting";
import { Trouble } from "../parts/trouble";
import { expired, me } from "../state/account";
import { leave } from "../state/place";
import { navigate } from "../state/router";
import { listenToControl, stopListening } from "../state/sessions";

const THEMES: readonly Theme[] = ["system", "light", "dark"];

/** The account, section by section, the look of this browser, and the ways out. */
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
      <AccountPicture />
      <DefaultSetting />
      <AccountEmail />
      <AccountNotices />
      <AccountPassword />
      <AccountLogins />
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
      <AccountLeaving />
      <section class="row wrap">
        <Button icon={LogOut} disabled={logout.busy} data-testid="logout" onClick={logOut}>
          {t("account.logout")}
        </Button>
        <span class="small soft">{t("account.logout_hint")}</span>
      </section>
      <Trouble error={logout.error} />
      <p>
        <a href={helpAddress("therapist", locale.value)} target="_blank" rel="noreferrer">
          {t("shell.help")}
        </a>
      </p>
    </div>
  );
}
