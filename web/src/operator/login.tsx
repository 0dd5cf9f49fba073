import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n/ops";
import { ApiError } from "../lib/api";
import { Button, Note, TextField } from "../ui";
import { LoginFrame } from "../ui/login-frame";
import { expired, logIn } from "./state";

const COMMAND = "visavis operator add";

/** Log in as an operator; therapists have a page of their own. */
export function LoginPage() {
  const form = useRef<HTMLFormElement>(null);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [missing, error]);
  const wrongPassword = error instanceof ApiError && error.code === "bad_credentials";
  const submit = async (event: Event) => {
    event.preventDefault();
    const incomplete = !email.trim() || !password;
    setMissing(incomplete);
    setError(null);
    if (incomplete || busy) return;
    setBusy(true);
    try {
      await logIn(email.trim(), password);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  const typed = (take: (text: string) => void) => (text: string) => {
    setMissing(false);
    setError(null);
    take(text);
  };
  return (
    <LoginFrame title={t("ops.login_title")} lead={t("ops.login_lead")}>
      <form ref={form} class="stack loose" noValidate onSubmit={(event) => void submit(event)}>
        {expired.value && error === null && <Note>{t("ops.logged_out")}</Note>}
        <TextField
          label={t("ops.email")}
          type="email"
          autocomplete="username"
          required
          autofocus
          value={email}
          wrong={missing && !email.trim() ? t("ops.email_missing") : undefined}
          onText={typed(setEmail)}
        />
        <TextField
          label={t("ops.password")}
          type="password"
          autocomplete="current-password"
          required
          value={password}
          wrong={
            wrongPassword
              ? t("ops.bad_credentials")
              : missing && !password
                ? t("ops.password_missing")
                : undefined
          }
          onText={typed(setPassword)}
        />
        {error !== null && !wrongPassword && <Note trouble>{refusal(error)}</Note>}
        <Button type="submit" kind="primary" size="big" wide disabled={busy}>
          {t("ops.log_in")}
        </Button>
      </form>
      <p class="small soft">{t("ops.no_account", { command: COMMAND })}</p>
    </LoginFrame>
  );
}

function refusal(error: unknown): string {
  switch (error instanceof ApiError ? error.code : "") {
    case "unreachable":
      return t("ops.unreachable_first");
    case "slow_down":
      return t("ops.slow_down");
    case "busy":
      return t("ops.busy");
    case "cookies_blocked":
      return t("ops.cookies_blocked");
  }
  return t("ops.unexpected");
}
