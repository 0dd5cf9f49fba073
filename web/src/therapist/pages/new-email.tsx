import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { ApiError } from "../../lib/api";
import { tokenOf } from "../../lib/link";
import { Note } from "../../ui";
import { api } from "../api";
import { useForm, type Wrong } from "../form";
import { useTitle } from "../hooks";
import { LoginFrame } from "../parts/login-frame";
import { OneFieldForm } from "../parts/one-field-form";
import { me, unreachable } from "../state/account";

/** Take a new address by the link of a message; opening it does nothing. */
export function NewEmailPage() {
  useTitle(t("email.title"));
  const token = useState(() => tokenOf(location, "new-email"))[0] ?? "";
  const [email, setEmail] = useState("");
  const [over, setOver] = useState(!token);
  if (me.value === undefined && !unreachable.value) return null;
  return (
    <LoginFrame title={t("email.title")}>
      {email && <Note data-testid="email-done">{t("account.email_saved", { email })}</Note>}
      {over && (
        <Note trouble data-testid="email-invalid">
          {t("email.invalid")}
        </Note>
      )}
      {!email && !over && <Confirm token={token} onDone={setEmail} onOver={() => setOver(true)} />}
      {(email || over) && (
        // A page load leads on, which reads the address anew.
        <p>
          <a href="/account" target="_self">
            {t("email.account")}
          </a>
        </p>
      )}
    </LoginFrame>
  );
}

interface ConfirmProps {
  token: string;
  onDone: (email: string) => void;
  onOver: () => void;
}

/** One click where this account is logged in, with its password elsewhere. */
function Confirm({ token, onDone, onOver }: ConfirmProps) {
  const [asked, setAsked] = useState(!me.value);
  const [password, setPassword] = useState("");
  const { form, busy, wrong, error, submit, clear } = useForm<"password">(
    () => (asked && !password ? { password: t("login.password_missing") } : {}),
    refused,
  );
  const confirm = (event: Event) =>
    void submit(event, async () => {
      try {
        onDone((await api.confirmEmail(token, asked ? password : null)).email);
      } catch (error) {
        if (error instanceof ApiError && error.code === "link_unknown") return onOver();
        if (!(error instanceof ApiError) || error.code !== "password_needed") throw error;
        setAsked(true); // somebody else is logged in here
      }
    });
  return (
    <OneFieldForm
      form={form}
      text={t("email.text")}
      field={
        asked
          ? {
              label: t("email.password"),
              type: "password",
              autocomplete: "current-password",
              value: password,
              wrong: wrong.password,
              onText: (text: string) => {
                clear();
                setPassword(text);
              },
              "data-testid": "email-confirm-password",
            }
          : undefined
      }
      error={error}
      busy={busy}
      submit={t("email.submit")}
      onSubmit={confirm}
      data-testid="email-confirm"
    />
  );
}

function refused(error: unknown): Wrong<"password"> {
  const wrong = error instanceof ApiError && error.code === "wrong_password";
  return wrong ? { password: t("email.wrong") } : {};
}
