import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { ApiError } from "../../lib/api";
import { tokenOf } from "../../lib/link";
import { Note } from "../../ui";
import { api } from "../api";
import { PASSWORD_LENGTH, refusedField, useForm, type Wrong } from "../form";
import { useTitle } from "../hooks";
import { LoginFrame } from "../parts/login-frame";
import { OneFieldForm } from "../parts/one-field-form";

/** Choose a new password by the link of a message; opening it uses nothing up. */
export function ResetPage() {
  useTitle(t("reset.title"));
  const token = useState(() => tokenOf(location, "reset"))[0] ?? "";
  const [done, setDone] = useState(false);
  const [password, setPassword] = useState("");
  const { form, busy, wrong, error, submit, clear } = useForm<"password">(
    () => (password.length >= PASSWORD_LENGTH ? {} : { password: t("register.password_short") }),
    refused,
  );
  const save = async (event: Event) => {
    setDone(await submit(event, () => api.reset(token, password)));
  };
  const over = error instanceof ApiError && error.code === "link_unknown";
  return (
    <LoginFrame title={t("reset.title")}>
      {done || over || !token ? (
        <Over done={done} />
      ) : (
        <OneFieldForm
          form={form}
          text={t("reset.text")}
          field={{
            label: t("account.password_new"),
            hint: t("register.password_hint"),
            type: "password",
            autocomplete: "new-password",
            value: password,
            wrong: wrong.password,
            onText: (text: string) => {
              clear();
              setPassword(text);
            },
            "data-testid": "reset-password",
          }}
          error={error}
          busy={busy}
          submit={t("reset.submit")}
          onSubmit={(event) => void save(event)}
          data-testid="reset-submit"
        />
      )}
    </LoginFrame>
  );
}

/** A page load leads on, since whoever was logged in here may not be any more. */
function Over({ done }: { done: boolean }) {
  return (
    <>
      <Note trouble={!done} data-testid={done ? "reset-done" : "reset-invalid"}>
        {t(done ? "reset.done" : "reset.invalid")}
      </Note>
      <p>
        <a href={done ? "/login" : "/forgot"} target="_self">
          {t(done ? "login.submit" : "reset.again")}
        </a>
      </p>
    </>
  );
}

function refused(error: unknown): Wrong<"password"> {
  return refusedField(error) === "password" ? { password: t("register.password_short") } : {};
}
