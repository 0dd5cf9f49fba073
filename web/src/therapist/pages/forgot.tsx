import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { Button, Note, TextField } from "../../ui";
import { api } from "../api";
import { looksLikeEmail, useForm } from "../form";
import { useLoad, useTitle } from "../hooks";
import { LoginFrame } from "../parts/login-frame";
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
    <form ref={form} class="stack loose" noValidate onSubmit={(event) => void ask(event)}>
      <p>{t("forgot.text")}</p>
      <TextField
        label={t("login.email")}
        type="email"
        autocomplete="username"
        autofocus
        value={email}
        wrong={wrong.email}
        onText={(text) => {
          clear();
          setEmail(text);
        }}
        data-testid="forgot-email"
      />
      <Trouble error={error} />
      <Button
        type="submit"
        kind="primary"
        size="big"
        wide
        disabled={busy}
        data-testid="forgot-submit"
      >
        {t("forgot.submit")}
      </Button>
    </form>
  );
}
