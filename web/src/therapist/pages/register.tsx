import { useState } from "preact/hooks";
import { locale } from "../../i18n/core";
import { t } from "../../i18n/therapist";
import { Button, TextField } from "../../ui";
import { api } from "../api";
import { useAction, useTitle } from "../hooks";
import { Doorstep } from "../parts/doorstep";
import { Trouble } from "../parts/trouble";
import { loginAs } from "../state/account";
import { navigate } from "../state/router";

const PASSWORD_LENGTH = 12;

interface Wrong {
  readonly name?: string;
  readonly email?: string;
  readonly password?: string;
}

/** Make an account; its language is the one this page speaks. */
export function RegisterPage() {
  useTitle(t("register.title"));
  const [form, setForm] = useState({ name: "", email: "", password: "" });
  const [shown, setShown] = useState(false);
  const [wrong, setWrong] = useState<Wrong>({});
  const { busy, error, run } = useAction();
  const write = (part: Partial<typeof form>) => setForm({ ...form, ...part });
  const submit = (event: Event) => {
    event.preventDefault();
    const found = check(form);
    setWrong(found);
    if (Object.keys(found).length > 0) return;
    void run(async () => {
      const made = { ...form, name: form.name.trim(), email: form.email.trim() };
      await loginAs(api.register({ ...made, language: locale.value }));
      navigate("/", { replace: true });
    });
  };
  return (
    <Doorstep title={t("register.title")}>
      <form class="stack loose" noValidate onSubmit={submit}>
        <TextField
          label={t("register.name")}
          placeholder={t("register.name_example")}
          autocomplete="name"
          value={form.name}
          wrong={wrong.name}
          onText={(name) => write({ name })}
          data-testid="register-name"
        />
        <TextField
          label={t("login.email")}
          type="email"
          autocomplete="username"
          value={form.email}
          wrong={wrong.email}
          onText={(email) => write({ email })}
          data-testid="register-email"
        />
        <TextField
          label={t("login.password")}
          hint={t("register.password_hint")}
          type={shown ? "text" : "password"}
          autocomplete="new-password"
          value={form.password}
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
      <p class="soft">
        {t("register.have")} <a href="/login">{t("register.login")}</a>
      </p>
    </Doorstep>
  );
}

function check(form: { name: string; email: string; password: string }): Wrong {
  return {
    ...(form.name.trim() ? {} : { name: t("register.name_missing") }),
    ...(/^\S+@\S+\.\S+$/.test(form.email.trim()) ? {} : { email: t("register.email_wrong") }),
    ...(form.password.length >= PASSWORD_LENGTH ? {} : { password: t("register.password_short") }),
  };
}
