import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { ApiError } from "../../lib/api";
import { Button, Select, TextField } from "../../ui";
import { api, type Notices } from "../api";
import { looksLikePhone, refusedField, useForm, type Wrong } from "../form";
import { useLoad } from "../hooks";
import { Trouble } from "./trouble";

const MINUTES = [1, 2, 3, 5, 10, 15, 30] as const;
const NIGHT = { begin: "21:00", end: "08:00" };
type Field = "way" | "phone" | "hours";

/** What is sent to the therapist herself, and when nothing is. */
export function AccountNotices() {
  const { data, error, reload } = useLoad(api.notices);
  return (
    <section class="card padded stack" id="notices">
      <h2 class="label">{t("notices.title")}</h2>
      {data ? <Form saved={data} /> : <Trouble error={error} onRetry={reload} />}
    </section>
  );
}

function Form({ saved }: { saved: Notices }) {
  const [wish, setWish] = useState(saved);
  const [done, setDone] = useState(false);
  const { form, busy, wrong, error, submit, clear } = useForm<Field>(() => faults(wish), refused);
  const edit = (part: Partial<Notices>) => {
    clear();
    setDone(false);
    setWish({ ...wish, ...part });
  };
  const save = async (event: Event) => {
    setDone(false);
    const { wait_minutes, email, sms, phone, quiet } = wish;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const change = { wait_minutes, email, sms, phone: phone?.trim() || null, quiet, zone };
    setDone(await submit(event, async () => setWish(await api.changeNotices(change))));
  };
  const { quiet } = wish;
  return (
    <form ref={form} class="stack loose notices" noValidate onSubmit={(event) => void save(event)}>
      <Select
        label={t("notices.wait")}
        choices={[
          { value: "", text: t("notices.never") },
          ...minutes(wish).map((n) => ({ value: String(n), text: t("notices.after", { n }) })),
        ]}
        value={String(wish.wait_minutes ?? "")}
        data-testid="notice-wait"
        onChoose={(value) => edit({ wait_minutes: value ? Number(value) : null })}
      />
      <p class="small soft">{t("notices.wait_hint")}</p>
      <Ways wish={wish} wrong={wrong} edit={edit} />
      <label class="tick">
        <input
          type="checkbox"
          checked={quiet !== null}
          data-testid="notice-quiet"
          onChange={(event) => edit({ quiet: event.currentTarget.checked ? NIGHT : null })}
        />
        <span class="grow">{t("notices.quiet")}</span>
      </label>
      {quiet && (
        <div class="pair even">
          <TextField
            label={t("notices.begin")}
            type="time"
            value={quiet.begin}
            wrong={wrong.hours}
            data-testid="notice-begin"
            onText={(begin) => edit({ quiet: { ...quiet, begin } })}
          />
          <TextField
            label={t("notices.end")}
            type="time"
            value={quiet.end}
            data-testid="notice-end"
            onText={(end) => edit({ quiet: { ...quiet, end } })}
          />
        </div>
      )}
      <p class="small soft">{t("notices.quiet_hint")}</p>
      <p class="small soft">{t("notices.failed_hint")}</p>
      <Trouble error={error} />
      <div class="row">
        <Button type="submit" disabled={busy} data-testid="notice-save">
          {t("account.save")}
        </Button>
        <span class="small soft" role="status">
          {done && t("account.saved")}
        </span>
      </div>
    </form>
  );
}

interface WaysProps {
  wish: Notices;
  wrong: Wrong<Field>;
  edit: (part: Partial<Notices>) => void;
}

function Ways({ wish, wrong, edit }: WaysProps) {
  return (
    <div class="alert-ways">
      {(["email", "sms"] as const).map((channel) => {
        const off = wish.ways[channel] === "off";
        return (
          <label key={channel} class="tick">
            <input
              type="checkbox"
              checked={wish[channel]}
              disabled={off && !wish[channel]}
              aria-invalid={wrong.way ? "true" : undefined}
              aria-describedby={wrong.way ? "notice-way-wrong" : undefined}
              data-testid={`notice-${channel}`}
              onChange={(event) => edit({ [channel]: event.currentTarget.checked })}
            />
            <span>{t(`alert.${channel}`)}</span>
            <span class="small soft">
              {off ? t(`alert.off_${channel}`) : channel === "email" ? wish.email_to : ""}
            </span>
          </label>
        );
      })}
      {wrong.way && (
        <span class="wrong" id="notice-way-wrong">
          {wrong.way}
        </span>
      )}
      {wish.sms && (
        <TextField
          label={t("notices.phone")}
          type="tel"
          autocomplete="tel"
          value={wish.phone ?? ""}
          wrong={wrong.phone}
          data-testid="notice-phone"
          onText={(phone) => edit({ phone })}
        />
      )}
    </div>
  );
}

/** What can be chosen, with what was once set by another way. */
function minutes({ wait_minutes }: Notices): readonly number[] {
  const known = new Set<number>(MINUTES);
  if (wait_minutes !== null) known.add(wait_minutes);
  return [...known].sort((a, b) => a - b);
}

/** What is wrong before anything is sent. */
export function faults(wish: Notices): Wrong<Field> {
  const { wait_minutes, email, sms, quiet } = wish;
  const phone = wish.phone?.trim() ?? "";
  return {
    ...(wait_minutes !== null && !email && !sms && { way: t("notices.no_way") }),
    ...((sms || phone) && !looksLikePhone(phone) && { phone: t("form.phone_wrong") }),
    ...(quiet && (!quiet.begin || !quiet.end) && { hours: t("notices.hours_missing") }),
    ...(quiet?.begin && quiet.begin === quiet.end && { hours: t("notices.same_hours") }),
  };
}

function refused(error: unknown): Wrong<Field> {
  const code = error instanceof ApiError ? error.code : "";
  const field = refusedField(error);
  if (code === "phone_needed" || field === "phone") return { phone: t("form.phone_wrong") };
  if (code === "no_way") return { way: t("notices.no_way") };
  if (code === "same_hours") return { hours: t("notices.same_hours") };
  return field === "quiet" ? { hours: t("notices.hours_missing") } : {};
}
