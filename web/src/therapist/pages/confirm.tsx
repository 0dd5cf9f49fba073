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
import { loginAs } from "../state/account";
import { navigate } from "../state/router";

/** Make the account of a mailed link, with the password that was chosen; opening it does nothing. */
export function ConfirmPage() {
  useTitle(t("confirm.title"));
  const token = useState(() => tokenOf(location, "confirm"))[0] ?? "";
  const [password, setPassword] = useState("");
  const { form, busy, wrong, error, submit, clear } = useForm<"password">(
    () => (password ? {} : { password: t("login.password_missing") }),
    refused,
  );
  const confirm = (event: Event) =>
    void submit(event, async () => {
      await loginAs(api.confirm(token, password));
      navigate("/", { replace: true });
    });
  const over = error instanceof ApiError && error.code === "link_unknown";
  return (
    <LoginFrame title={t("confirm.title")}>
      {over || !token ? (
        <Over />
      ) : (
        <OneFieldForm
          form={form}
          text={t("confirm.text")}
          field={{
            label: t("login.password"),
            type: "password",
            autocomplete: "current-password",
            value: password,
            wrong: wrong.password,
            onText: (text: string) => {
              clear();
              setPassword(text);
            },
            "data-testid": "confirm-password",
          }}
          error={error}
          busy={busy}
          submit={t("confirm.submit")}
          onSubmit={confirm}
          data-testid="confirm-submit"
        />
      )}
    </LoginFrame>
  );
}

/** A page load leads on: somebody else may be logged in here. */
function Over() {
  return (
    <>
      <Note trouble data-testid="confirm-invalid">
        {t("confirm.invalid")}
      </Note>
      <p>
        <a href="/login" target="_self">
          {t("login.submit")}
        </a>
      </p>
      <p>
        <a href="/register" target="_self">
          {t("confirm.register")}
        </a>
      </p>
    </>
  );
}

function refused(error: unknown): Wrong<"password"> {
  const wrong = error instanceof ApiError && error.code === "wrong_password";
  return wrong ? { password: t("confirm.wrong") } : {};
}
