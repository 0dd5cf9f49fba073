import { Download } from "lucide-preact";
import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { ApiError } from "../../lib/api";
import { Button, Dialog, DialogFoot, TextField } from "../../ui";
import { api } from "../api";
import { useForm, type Wrong } from "../form";
import { erased, expired, me } from "../state/account";
import { leave } from "../state/place";
import { navigate } from "../state/router";
import { stopListening } from "../state/sessions";
import { Trouble } from "./trouble";

/** Everything to take along, and the end of the account. */
export function AccountLeaving() {
  const [asking, setAsking] = useState(false);
  return (
    <section class="card padded stack">
      <h2 class="label">{t("account.yours")}</h2>
      <p class="small soft">{t("account.export_hint")}</p>
      <div class="row wrap">
        <a class="btn plain normal" href="/api/me/export" download data-testid="export">
          <Download aria-hidden="true" />
          {t("account.export")}
        </a>
        <Button kind="danger" data-testid="erase" onClick={() => setAsking(true)}>
          {t("account.erase")}
        </Button>
      </div>
      {asking && <Erase onClose={() => setAsking(false)} />}
    </section>
  );
}

function Erase({ onClose }: { onClose: () => void }) {
  const [password, setPassword] = useState("");
  const { form, busy, wrong, error, submit, clear } = useForm<"password">(
    () => (password ? {} : { password: t("account.password_missing") }),
    refused,
  );
  const erase = (event: Event) =>
    void submit(event, async () => {
      stopListening();
      await api.erase(password);
      leave();
      navigate("/login", { replace: true });
      erased.value = true;
      me.value = null;
      expired.value = false;
    });
  return (
    <Dialog
      title={t("account.erase_title")}
      closeLabel={t("go.cancel")}
      onClose={onClose}
      data-testid="erase-dialog"
    >
      <form ref={form} class="stack loose" noValidate onSubmit={erase}>
        <p>{t("account.erase_text")}</p>
        <p class="soft">{t("account.erase_first")}</p>
        <TextField
          label={t("account.password_present")}
          type="password"
          autocomplete="current-password"
          value={password}
          wrong={wrong.password}
          onText={(text) => {
            clear();
            setPassword(text);
          }}
          data-testid="erase-password"
        />
        <Trouble error={error} />
        <DialogFoot>
          <Button onClick={onClose}>{t("go.cancel")}</Button>
          <Button type="submit" kind="danger" disabled={busy} data-testid="erase-yes">
            {t("account.erase_yes")}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

function refused(error: unknown): Wrong<"password"> {
  const wrong = error instanceof ApiError && error.code === "wrong_password";
  return wrong ? { password: t("account.password_wrong") } : {};
}
