import { useState } from "preact/hooks";
import { locale } from "../../i18n/core";
import { t } from "../../i18n/therapist";
import { ApiError } from "../../lib/api";
import { tokenOf } from "../../lib/link";
import { Button, Note, TextField } from "../../ui";
import { api, type Registration } from "../api";
import { looksLikeEmail, PASSWORD_LENGTH, refusedField, useForm, type Wrong } from "../form";
import { useLoad, useTitle } from "../hooks";
import { CheckMail } from "../parts/check-mail";
import { LoginFrame } from "../parts/login-frame";
import { Trouble } from "../parts/trouble";
import { loginAs } from "../state/account";
import { navigate } from "../state/router";

type Field = "name" | "email" | "password";

/** Make an account, where anybody may or with the link of an invitation. */
export function RegisterPage() {
  useTitle(t("register.title"));
  const invitation = useState(() => tokenOf(location, "register"))[0];
  const { data, error, reload } = useLoad(api.registrationMode);
  const [sent, setSent] = useState<Registration | null>(null);
  const mode = data?.registration;
  if (sent) return <CheckMail form={sent} onOther={() => setSent(null)} />;
  return (
    <LoginFrame title={t("register.title")}>
      <Trouble error={error} onRetry={reload} />
      {mode === "closed" && <Note>{t("register.closed")}</Note>}
      {mode === "invite" && !invitation && <Note>{t("register.invite_only")}</Note>}
      {(mode === "open" || (mode === "invite" && invitation)) && (
        <RegisterForm invitation={invitation || null} onSent={setSent} />
      )}
      <p class="soft">
        {t("register.have")} <a href="/login">{t("register.login")}</a>
      </p>
    </LoginFrame>
  );
}

interface RegisterFormProps {
  invitation: string | null;
  /** The address is to be confirmed first. */
  onSent: (form: Registration) => void;
}

/** The account's language is the one this page speaks. */
function RegisterForm({ invitation, onSent }: RegisterFormProps) {
  const [written, setWritten] = useState({ name: "", email: "", password: "" });
  const [shown, setShown] = useState(false);
  const { form, busy, wrong, error, submit, clear } = useForm<Field>(() => check(written), refused);
  const write = (part: Partial<typeof written>) => {
    clear();
    setWritten({ ...written, ...part });
  };
  const send = (event: Event) =>
    void submit(event, async () => {
      const typed = { ...written, name: written.name.trim(), email: written.email.trim() };
      const made = { ...typed, language: locale.value, invitation };
      const answer = await api.register(made);
      if ("next" in answer && answer.next === "confirm") return onSent(made);
      // Without mail, logging in with what was typed finds out what came of it.
      const inside = "next" in answer ? api.login(made.email, made.password) : answer;
      await loginAs(Promise.resolve(inside));
      navigate("/", { replace: true });
    });
  return (
    <form ref={form} class="stack loose" noValidate onSubmit={send}>
      <TextField
        label={t("register.name")}
        placeholder={t("register.name_example")}
        autocomplete="name"
        value={written.name}
        wrong={wrong.name}
        onText={(name) => write({ name })}
        data-testid="register-name"
      />
      <TextField
        label={t("login.email")}
        type="email"
        autocomplete="username"
        value={written.email}
        wrong={wrong.email}
        onText={(email) => write({ email })}
        data-testid="register-email"
      />
      <TextField
        label={t("login.password")}
        hint={t("register.password_hint")}
        type={shown ? "text" : "password"}
        autocomplete="new-password"
        value={written.password}
        wrong={wrong.password}
        onText={(password) => write({ password })}
        data-testid="register-password"
      />
      <button class="link-like small" type="button" onClick={() => setShown(!shown)}>
        {t(shown ? "register.hide" : "register.show")}
      </button>
      <Trouble error={error} />
      <Button
        type="submit"
        kind="primary"
        size="big"
        wide
        disabled={busy}
        data-testid="register-submit"
      >
        {t("register.submit")}
      </Button>
    </form>
  );
}

function check(form: { name: string; email: string; password: string }): Wrong<Field> {
  return {
    ...(form.name.trim() ? {} : { name: t("register.name_missing") }),
    ...(looksLikeEmail(form.email) ? {} : { email: t("register.email_wrong") }),
    ...(form.password.length >= PASSWORD_LENGTH ? {} : { password: t("register.password_short") }),
  };
}

function refused(error: unknown): Wrong<Field> {
  if (error instanceof ApiError && error.code === "email_taken")
    return { email: t("trouble.email_taken") };
  if (error instanceof ApiError && error.code === "bad_credentials")
    return { email: t("register.maybe_taken") };
  const field = refusedField(error);
  if (field === "name") return { name: t("form.name_wrong") };
  if (field === "email") return { email: t("register.email_wrong") };
  return field === "password" ? { password: t("register.password_short") } : {};
}
