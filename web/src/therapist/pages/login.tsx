import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { Button, Note, TextField } from "../../ui";
import { api } from "../api";
import { useAction, useTitle } from "../hooks";
import { Doorstep } from "../parts/doorstep";
import { Trouble } from "../parts/trouble";
import { expired, loginAs } from "../state/account";

/** Log in; the address that was asked for opens afterwards. */
export function LoginPage() {
  useTitle(t("login.submit"));
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const { busy, error, run } = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    void run(() => loginAs(api.login(email.trim(), password)));
  };
  return (
    <Doorstep title={t("login.title")}>
      <form class="stack loose" onSubmit={submit}>
        {expired.value && !error && <Note>{t("login.expired")}</Note>}
        <TextField
          label={t("login.email")}
          type="email"
          autocomplete="username"
          required
          autofocus
          value={email}
          onText={setEmail}
          data-testid="login-email"
        />
        <TextField
          label={t("login.password")}
          type="password"
          autocomplete="current-password"
          required
          value={password}
          onText={setPassword}
          data-testid="login-password"
        />
        <Trouble error={error} />
        <Button
          type="submit"
          kind="primary"
          size="big"
          wide
          disabled={busy}
          data-testid="login-submit"
        >
          {t("login.submit")}
        </Button>
      </form>
      <p class="soft">
        {t("login.none")} <a href="/register">{t("login.register")}</a>
      </p>
    </Doorstep>
  );
}
