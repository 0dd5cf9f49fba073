import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { storageOf } from "../../lib/storage";
import { announce, Button, firstName } from "../../ui";
import { type AlertFault, alertFault, alertPreview, LONGEST_ALERT, SIGNS } from "../alert";
import type { Alert, AlertChange } from "../api";
import { useAction } from "../hooks";
import { me } from "../state/account";
import { Trouble } from "./trouble";

interface Draft {
  readonly email: boolean;
  readonly sms: boolean;
  readonly text: string;
}

/** Who reads it, in the preview and beside the ways. */
interface Reader {
  readonly name: string;
  readonly language: string;
  readonly email?: string | null;
  readonly phone?: string | null;
}

interface FormProps {
  /** Names what was typed and not saved. */
  draftId: string;
  alert: Alert;
  reader: Reader;
  /** Why nothing can be sent this way, as a sentence; null where it can. */
  troubleOf: (channel: "email" | "sms") => string | null;
  onSave: (change: AlertChange) => Promise<unknown>;
  onSaved: () => void;
  /** What stands below, by whether something is not saved. */
  after?: (isChanged: boolean) => ComponentChildren;
}

/** What was typed and not saved, for as long as the tab is open: leaving a page loses nothing. */
const drafts = storageOf(() => sessionStorage);
const draftKey = (id: string) => `visavis.alert.${id}`;

/** The words and the ways; what is not saved yet is kept until this tab is closed. */
export function AlertForm({
  draftId,
  alert,
  reader,
  troubleOf,
  onSave,
  onSaved,
  after,
}: FormProps) {
  const saved: Draft = {
    email: alert.email,
    sms: alert.sms,
    text: alert.text ?? ours(alert),
  };
  const [draft, setDraft] = useState<Draft>(() => readDraft(draftId) ?? saved);
  const { busy, error, run, clear } = useAction();
  const isChanged =
    draft.text.trim() !== saved.text.trim() ||
    draft.email !== saved.email ||
    draft.sms !== saved.sms;
  const fault = alertFault(draft.text);
  const keep = (next: Draft) => {
    clear();
    setDraft(next);
    drafts.setItem(draftKey(draftId), JSON.stringify(next));
  };
  const forget = () => drafts.removeItem(draftKey(draftId));
  const save = async () => {
    const text = draft.text.trim();
    const own = text === ours(alert).trim() || text === "" ? null : text;
    const { email, sms } = draft;
    if (!(await run(() => onSave({ email, sms, text: own })))) return;
    if (text === "") setDraft({ ...draft, text: ours(alert) });
    forget();
    announce(t("alert.saved"));
    onSaved();
  };
  const discard = () => {
    forget();
    setDraft(saved);
  };
  return (
    <>
      <AlertText draft={draft} fault={fault} onText={(text) => keep({ ...draft, text })} />
      <Preview draft={draft} alert={alert} reader={reader} />
      <div class="alert-ways">
        {(["email", "sms"] as const).map((channel) => {
          const trouble = troubleOf(channel);
          return (
            <label key={channel} class="tick">
              <input
                type="checkbox"
                checked={draft[channel]}
                disabled={trouble !== null && !draft[channel]}
                data-testid={`alert-${channel}`}
                onChange={(event) => keep({ ...draft, [channel]: event.currentTarget.checked })}
              />
              <span>{t(`alert.${channel}`)}</span>
              <span class="small soft">
                {trouble ?? (channel === "email" ? reader.email : reader.phone) ?? ""}
              </span>
            </label>
          );
        })}
      </div>
      {(alert.ways.email === "kept" || alert.ways.sms === "kept") && (
        <p class="small soft">
          {t("alert.kept")} <a href="/outbox">{t("alert.kept_link")}</a>
        </p>
      )}
      <Button
        disabled={busy || !isChanged || fault !== null}
        data-testid="save-alert"
        onClick={() => void save()}
      >
        {t("alert.save")}
      </Button>
      <div class="row small" role="status">
        {isChanged && (
          <>
            <span class="clay" data-testid="alert-unsaved">
              {t("alert.unsaved")}
            </span>
            <Button kind="quiet" size="compact" onClick={discard}>
              {t("alert.discard")}
            </Button>
          </>
        )}
      </div>
      <Trouble error={error} />
      {after?.(isChanged)}
    </>
  );
}

interface AlertTextProps {
  draft: Draft;
  fault: AlertFault | null;
  onText: (text: string) => void;
}

/** The words, and the signs that stand for names and link. */
function AlertText({ draft, fault, onText }: AlertTextProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const n = Array.from(draft.text.trim()).length;
  const insert = (sign: string) => {
    const field = area.current;
    if (!field) return;
    field.setRangeText(sign, field.selectionStart, field.selectionEnd, "end");
    onText(field.value);
    field.focus();
  };
  return (
    <div class="field">
      <textarea
        ref={area}
        class="input"
        rows={8}
        aria-label={t("alert.text")}
        aria-invalid={fault ? "true" : undefined}
        aria-describedby={fault ? "alert-wrong" : "alert-count"}
        data-testid="alert-text"
        value={draft.text}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      {fault && (
        <span class="wrong" id="alert-wrong">
          {t(`alert.${fault}`)}
        </span>
      )}
      <div class="row wrap">
        {SIGNS.map((sign) => (
          <button
            key={sign}
            type="button"
            class="sign"
            aria-label={t("alert.insert", { sign })}
            onClick={() => insert(sign)}
          >
            {sign}
          </button>
        ))}
        <span class="grow" />
        <span class="small soft num" id="alert-count">
          {t("alert.count", { n, max: LONGEST_ALERT })}
        </span>
      </div>
    </div>
  );
}

/** The message as the patient reads it; our own words for an SMS are shorter than for an e-mail. */
function Preview({ draft, alert, reader }: { draft: Draft } & Pick<FormProps, "alert" | "reader">) {
  const isOurs = draft.text.trim() === ours(alert).trim() || draft.text.trim() === "";
  const smsAlone = draft.sms && !draft.email;
  const text = isOurs ? (smsAlone ? alert.default_sms : alert.default_email) : draft.text;
  const read = alertPreview(text.trim(), {
    name: reader.name,
    therapist: me.value?.name ?? "",
    link: `${location.host}/v#…`,
    language: reader.language,
  });
  return (
    <figure class="alert-preview">
      <figcaption class="small soft">
        {t("alert.preview", { name: firstName(reader.name) })}
      </figcaption>
      <blockquote class="said" lang={reader.language} data-testid="alert-preview">
        {read}
      </blockquote>
    </figure>
  );
}

/** Our own words, as the field shows them. */
const ours = (alert: Alert) => alert.default_email;

function readDraft(id: string): Draft | null {
  try {
    return JSON.parse(drafts.getItem(draftKey(id)) ?? "null") as Draft | null;
  } catch {
    return null;
  }
}
