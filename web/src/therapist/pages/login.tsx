import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { ApiError } from "../../lib/api";
import { Button, Note, TextField } from "../../ui";
import { api } from "../api";
import { useForm, type Wrong } from "../form";
import { useLoad, useTitle } from "../hooks";
import { LoginFrame } from "../parts/login-frame";
import { Trouble } from "../parts/trouble";
import { erased, expired, loginAs, me } from "../state/account";

/** Log in; the address that was asked for opens afterwards, with what was typed there. */
export function LoginPage() {
  useTitle(t("login.submit"));
  const registration = useLoad(api.registrationMode);
  const [email, setEmail] = useState(me.value?.email ?? "");
  const [password, setPassword] = useState("");
  const { form, busy, wrong, error, submit, clear } = useForm<Field>(
    () => ({
      ...(email.trim() ? {} : { email: t("login.email_missing") }),
      ...(password ? {} : { password: t("login.password_missing") }),
    }),
    refused,
  );
  const isOpen = registration.data?.registration === "open";
  const login = (event: Event) =>
    void submit(event, () => loginAs(api.login(email.trim(), password)));
  return (
    <LoginFrame title={t("login.title")}>
      <form ref={form} class="stack loose" noValidate onSubmit={login}>
        {erased.value && !error && (
          <Note data-testid="erased">
            {t("account.erased_title")} {t("account.erased_text")}
          </Note>
        )}
        {expired.value && !error && <Note>{t("login.expired")}</Note>}
        <TextField
          label={t("login.email")}
          type="email"
          autocomplete="username"
          required
          autofocus={!email}
          value={email}
          wrong={wrong.email}
          onText={(text) => {
            clear();
            setEmail(text);
          }}
          data-testid="login-email"
        />
        <TextField
          label={t("login.password")}
          type="password"
          autocomplete="current-password"
          required
          autofocus={email !== ""}
          value={password}
          wrong={wrong.password}
          onText={(text) => {
            clear();
            setPassword(text);
          }}
          data-testid="login-password"
        />
        <Trouble error={error} />
        {wrong.password && !me.value && registration.data?.mail && isOpen && (
          <p class="small soft">{t("login.unconfirmed")}</p>
        )}
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
      {!me.value && (
        <p class="soft">
          <a href="/forgot" data-testid="forgot">
            {t("forgot.link")}
          </a>
        </p>
      )}
      {!me.value && isOpen && (
        <p class="soft">
          {t("login.none")} <a href="/register">{t("login.register")}</a>
        </p>
      )}
    </LoginFrame>
  );
}

type Field = "email" | "password";

function refused(error: unknown): Wrong<Field> {
  const unknown = error instanceof ApiError && error.code === "bad_credentials";
  return unknown ? { password: t("trouble.bad_credentials") } : {};
}
