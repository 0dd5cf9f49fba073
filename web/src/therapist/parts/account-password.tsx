import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { ApiError } from "../../lib/api";
import { Button, TextField } from "../../ui";
import { api } from "../api";
import { PASSWORD_LENGTH, refusedField, useForm, type Wrong } from "../form";
import { me } from "../state/account";
import { Trouble } from "./trouble";

type Field = "present" | "fresh";

/** A new password, for who knows the present one; every other login ends. */
export function AccountPassword() {
  const [present, setPresent] = useState("");
  const [fresh, setFresh] = useState("");
  const [saved, setSaved] = useState(false);
  const { form, busy, wrong, error, submit, clear } = useForm<Field>(
    () => ({
      ...(present ? {} : { present: t("account.password_missing") }),
      ...(fresh.length >= PASSWORD_LENGTH ? {} : { fresh: t("register.password_short") }),
    }),
    refused,
  );
  const edit = (set: (text: string) => void) => (text: string) => {
    clear();
    setSaved(false);
    set(text);
  };
  const save = async (event: Event) => {
    const done = await submit(event, () => api.changePassword(present, fresh));
    setSaved(done);
    if (!done) return;
    setPresent("");
    setFresh("");
  };
  return (
    <form
      ref={form}
      class="card padded stack loose"
      noValidate
      onSubmit={(event) => void save(event)}
    >
      <h2 class="label">{t("account.password")}</h2>
      {/* Tells password managers whose password it is. */}
      <input
        class="only-heard"
        type="email"
        autocomplete="username"
        value={me.value?.email ?? ""}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <TextField
        label={t("account.password_present")}
        type="password"
        autocomplete="current-password"
        value={present}
        wrong={wrong.present}
        onText={edit(setPresent)}
        data-testid="password-present"
      />
      <TextField
        label={t("account.password_new")}
        hint={t("register.password_hint")}
        type="password"
        autocomplete="new-password"
        value={fresh}
        wrong={wrong.fresh}
        onText={edit(setFresh)}
        data-testid="password-new"
      />
      <Trouble error={error} />
      <div class="row wrap">
        <Button type="submit" disabled={busy} data-testid="password-save">
          {t("account.password_save")}
        </Button>
        <span class="small soft" role="status">
          {saved && t("account.password_saved")}
        </span>
      </div>
    </form>
  );
}

function refused(error: unknown): Wrong<Field> {
  if (error instanceof ApiError && error.code === "wrong_password")
    return { present: t("account.password_wrong") };
  return refusedField(error) === "new" ? { fresh: t("register.password_short") } : {};
}
