import { useEffect, useState } from "preact/hooks";
import { longDay, timeOfDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { ApiError } from "../../lib/api";
import { Button, Note, TextField } from "../../ui";
import { api, type EmailState } from "../api";
import { looksLikeEmail, useForm, type Wrong } from "../form";
import { useAction, useLoad } from "../hooks";
import { loadMe, me } from "../state/account";
import { Trouble } from "./trouble";

/** The address of the log-in, and the way to another one, which a mailed link confirms. */
export function AccountEmail() {
  const { data, error, reload } = useLoad(api.email);
  const mode = useLoad(api.registrationMode);
  const [said, setSaid] = useState("");
  const waiting = Boolean(data?.new);
  const address = me.value?.email ?? "";
  useEffect(() => {
    if (!waiting) return;
    // The link may be opened in another window, or on another device.
    const look = () => {
      reload();
      void loadMe();
    };
    addEventListener("focus", look);
    return () => removeEventListener("focus", look);
  }, [waiting]);
  const changed = (state: EmailState) => {
    if (me.value) me.value = { ...me.value, email: state.email };
    setSaid(state.new ? "" : t("account.email_changed"));
    reload();
  };
  const kept = () => {
    setSaid(t("account.email_kept"));
    reload();
  };
  return (
    <section class="card padded stack" data-testid="account-email">
      <h2 class="label">{t("account.email")}</h2>
      <p>
        {t("account.email_now", { email: address })}{" "}
        <span class="small soft" role="status">
          {!data?.new && said}
        </span>
      </p>
      <Trouble error={error} onRetry={reload} />
      {data?.new && <Waiting email={data.new} until={data.expires_at} onKept={kept} />}
      {data && !data.new && <Ask byMail={mode.data?.mail === true} onChanged={changed} />}
    </section>
  );
}

interface WaitingProps {
  email: string;
  until: string | null;
  onKept: () => void;
}

function Waiting({ email, until, onKept }: WaitingProps) {
  const { busy, error, run } = useAction();
  const [again, setAgain] = useState(false);
  const send = async () => setAgain(await run(api.sendEmailAgain));
  const keep = async () => {
    if (await run(api.keepEmail)) onKept();
  };
  return (
    <>
      <Note data-testid="email-waiting">{t("account.email_waiting", { email })}</Note>
      {until && (
        <p class="small soft">
          {t("account.email_until", { day: longDay(until), time: timeOfDay(until) })}
        </p>
      )}
      <Trouble error={error} />
      <div class="row wrap">
        <Button disabled={busy} data-testid="email-again" onClick={() => void send()}>
          {t("confirm.again")}
        </Button>
        <Button kind="quiet" disabled={busy} data-testid="email-keep" onClick={() => void keep()}>
          {t("account.email_cancel")}
        </Button>
        <span class="small soft" role="status">
          {again && t("confirm.again_sent")}
        </span>
      </div>
    </>
  );
}

type Field = "email" | "password";

interface AskProps {
  /** A link is sent to the new address. */
  byMail: boolean;
  onChanged: (state: EmailState) => void;
}

function Ask({ byMail, onChanged }: AskProps) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const check = (): Wrong<Field> => ({
    ...(looksLikeEmail(email) ? {} : { email: t("register.email_wrong") }),
    ...(email.trim() === me.value?.email ? { email: t("account.email_same") } : {}),
    ...(password ? {} : { password: t("account.password_missing") }),
  });
  const { form, busy, wrong, error, submit, clear } = useForm<Field>(check, refused);
  const ask = (event: Event) =>
    void submit(event, async () => onChanged(await api.changeEmail(email.trim(), password)));
  const edit = (set: (text: string) => void) => (text: string) => {
    clear();
    set(text);
  };
  return (
    <form ref={form} class="stack loose" noValidate onSubmit={ask}>
      <TextField
        label={t("account.email_new")}
        hint={byMail ? t("account.email_hint") : undefined}
        type="email"
        autocomplete="email"
        value={email}
        wrong={wrong.email}
        onText={edit(setEmail)}
        data-testid="email-new"
      />
      <TextField
        label={t("account.password_present")}
        type="password"
        autocomplete="current-password"
        value={password}
        wrong={wrong.password}
        onText={edit(setPassword)}
        data-testid="email-password"
      />
      <Trouble error={error} />
      <div class="row">
        <Button type="submit" disabled={busy} data-testid="email-save">
          {t("account.email_save")}
        </Button>
      </div>
    </form>
  );
}

function refused(error: unknown): Wrong<Field> {
  if (!(error instanceof ApiError)) return {};
  if (error.code === "wrong_password") return { password: t("account.password_wrong") };
  if (error.code === "email_taken") return { email: t("account.email_taken") };
  return error.code === "invalid_body" ? { email: t("register.email_wrong") } : {};
}
