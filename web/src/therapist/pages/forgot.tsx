import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { Note } from "../../ui";
import { api } from "../api";
import { looksLikeEmail, useForm } from "../form";
import { useLoad, useTitle } from "../hooks";
import { LoginFrame } from "../parts/login-frame";
import { OneFieldForm } from "../parts/one-field-form";
import { Trouble } from "../parts/trouble";

/** Ask for a link to a new password; what is answered tells nothing of who has an account. */
export function ForgotPage() {
  useTitle(t("forgot.title"));
  const { data, error, reload } = useLoad(api.registrationMode);
  const [sent, setSent] = useState(false);
  return (
    <LoginFrame title={t("forgot.title")}>
      <Trouble error={error} onRetry={reload} />
      {data?.mail === false && <Note data-testid="forgot-no-mail">{t("forgot.no_mail")}</Note>}
      {data?.mail && !sent && <Ask onSent={() => setSent(true)} />}
      {sent && <Note data-testid="forgot-sent">{t("forgot.sent")}</Note>}
      <p class="soft">
        <a href="/login">{t("forgot.back")}</a>
      </p>
    </LoginFrame>
  );
}

function Ask({ onSent }: { onSent: () => void }) {
  const [email, setEmail] = useState("");
  const { form, busy, wrong, error, submit, clear } = useForm<"email">(
    () => (looksLikeEmail(email) ? {} : { email: t("register.email_wrong") }),
    () => ({}),
  );
  const ask = async (event: Event) => {
    if (await submit(event, () => api.forgot(email.trim()))) onSent();
  };
  return (
    <OneFieldForm
      form={form}
      text={t("forgot.text")}
      field={{
        label: t("login.email"),
        type: "email",
        autocomplete: "username",
        value: email,
        wrong: wrong.email,
        onText: (text: string) => {
          clear();
          setEmail(text);
        },
        "data-testid": "forgot-email",
      }}
      error={error}
      busy={busy}
      submit={t("forgot.submit")}
      onSubmit={(event) => void ask(event)}
      data-testid="forgot-submit"
    />
  );
}
