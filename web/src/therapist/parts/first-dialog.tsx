import { Ticket } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { type MutableRef, useEffect, useId, useRef, useState } from "preact/hooks";
import { locale } from "../../i18n/core";
import { languageLabel, PATIENT_LANGUAGES } from "../../i18n/languages";
import { t } from "../../i18n/therapist";
import { Button, Dialog, DialogFoot, Select, TextField } from "../../ui";
import { api, type Consultation, type Letter } from "../api";
import { refusedField } from "../form";
import { useAction, useLoad } from "../hooks";
import { asMe } from "../state/account";
import { consultationsChanged } from "../state/consultations";
import { LinkBlock } from "./link-block";
import { openWaitingRoom } from "./open-waiting-room";
import { SettingSwitches } from "./setting";
import { Trouble } from "./trouble";

/** Begins a first consultation at once, so that the link is there to be copied. */
export function StartFirstButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon={Ticket} data-testid="start-first" onClick={() => setOpen(true)}>
        {t("first.start")}
      </Button>
      {open && <StartFirst onClose={() => setOpen(false)} />}
    </>
  );
}

function StartFirst({ onClose }: { onClose: () => void }) {
  const { data: one, error, reload } = useLoad(begin);
  const close = useRef(onClose);
  return (
    <FirstDialog close={close}>
      {one ? (
        <Body one={one} onClose={onClose} close={close} />
      ) : (
        <Trouble error={error} onRetry={reload} />
      )}
    </FirstDialog>
  );
}

/** The same of one that was begun before: to send it again. */
export function SendAgain({ one, onClose }: { one: Consultation; onClose: () => void }) {
  const close = useRef(onClose);
  return (
    <FirstDialog close={close}>
      <Body one={one} onClose={onClose} close={close} />
    </FirstDialog>
  );
}

async function begin(): Promise<Consultation> {
  const one = await api.beginConsultation({ language: locale.value });
  consultationsChanged();
  return one;
}

interface FirstDialogProps {
  /** What X and Esc do: keep what was typed first, once there is something to keep. */
  close: MutableRef<() => void>;
  children: ComponentChildren;
}

function FirstDialog({ close, children }: FirstDialogProps) {
  return (
    <Dialog
      title={t("first.start")}
      closeLabel={t("go.close")}
      class="first-dialog"
      onClose={() => close.current()}
      data-testid="first-dialog"
    >
      <p class="soft first-lead">{t("first.start_text")}</p>
      {children}
    </Dialog>
  );
}

type Field = "note" | "message";

interface BodyProps extends Pick<FirstDialogProps, "close"> {
  one: Consultation;
  onClose: () => void;
}

function Body({ one, onClose, close }: BodyProps) {
  const link = useLoad(() => api.invitation(one.id), one.id);
  const [note, setNote] = useState(one.note);
  const [message, setMessage] = useState(one.message);
  const [language, setLanguage] = useState(one.language);
  const { busy, error: failed, run } = useAction();
  const [unkept, setUnkept] = useState<unknown>(null);
  const error = failed ?? unkept;
  const refused = refusedField(error) as Field | null;
  const kept = useRef(one);
  const keeping = useRef<Promise<void>>(Promise.resolve());
  // What stands here is kept when a field is left, before anything is sent, and at the end.
  const keepNow = async () => {
    const { current: old } = kept;
    const same = note === old.note && message === old.message && language === old.language;
    if (same) return;
    kept.current = await asMe(api.changeConsultation(one.id, { note, message, language }));
    consultationsChanged();
  };
  /** One after another: leaving a field by pressing a button keeps it twice. */
  const keep = () => {
    keeping.current = keeping.current.catch(() => undefined).then(keepNow);
    return keeping.current;
  };
  const keepTyped = () => void keep().then(() => setUnkept(null), setUnkept);
  // Who closes again after a failure was told: nobody is held here.
  close.current = async () => {
    if (error || (await run(keep))) onClose();
  };
  const openRoom = () =>
    run(async () => {
      await keep();
      await openWaitingRoom(one.id);
    });
  const [sent, setSent] = useState<Pick<Consultation, "email" | "phone">>(one);
  const send = async (to: { email: string } | { phone: string }) => {
    setSent(await asMe(api.sendConsultation(one.id, to)));
    consultationsChanged();
  };
  const letter = async (): Promise<Letter> => {
    await keep();
    return asMe(api.consultationLetter(one.id));
  };
  return (
    <>
      {link.data ? (
        <LinkBlock link={link.data} letter={letter} known={sent} send={send} />
      ) : (
        <Trouble error={link.error} onRetry={link.reload} />
      )}
      <TextField
        label={`${t("first.note")} · ${t("first.note_hint")}`}
        value={note}
        maxLength={2000}
        autocomplete="off"
        wrong={refused === "note" ? t("first.text_refused") : undefined}
        onText={setNote}
        onChange={keepTyped}
        data-testid="first-note"
      />
      <MessageField
        value={message}
        wrong={refused === "message" ? t("first.text_refused") : undefined}
        onText={setMessage}
        onLeft={keepTyped}
      />
      <Select
        label={t("first.language")}
        choices={PATIENT_LANGUAGES.map((value) => ({
          value,
          text: languageLabel(value, locale.value),
        }))}
        value={language}
        onChoose={setLanguage}
        data-testid="first-language"
      />
      <Setting one={one} />
      {!refused && <Trouble error={error} />}
      <DialogFoot>
        <Button
          kind="quiet"
          disabled={busy}
          data-testid="first-close"
          onClick={() => close.current()}
        >
          {t("go.close")}
        </Button>
        <Button
          kind="primary"
          disabled={busy}
          data-testid="first-open-room"
          onClick={() => void openRoom()}
        >
          {t("first.open_room")}
        </Button>
      </DialogFoot>
    </>
  );
}

interface MessageProps {
  value: string;
  wrong: string | undefined;
  onText: (text: string) => void;
  onLeft: () => void;
}

function MessageField({ value, wrong, onText, onLeft }: MessageProps) {
  const id = useId();
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {t("first.message")} · {t("first.message_hint", { link: "{link}" })}
      </label>
      <textarea
        id={id}
        class="input"
        rows={2}
        maxLength={2000}
        value={value}
        aria-invalid={wrong ? "true" : undefined}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        data-testid="first-message"
        onInput={(event) => onText(event.currentTarget.value)}
        onChange={onLeft}
      />
      {wrong && (
        <span class="wrong" id={`${id}-wrong`}>
          {wrong}
        </span>
      )}
    </div>
  );
}

/** What the guest will see, in a sentence, and the switches for who wants them otherwise. */
function Setting({ one }: { one: Consultation }) {
  const [open, setOpen] = useState(false);
  const { data, reload } = useLoad(() => api.setting(one.id), one.id);
  useEffect(() => {
    if (!open) reload();
  }, [open]);
  const sees = data && (`${Number(data.self_view)}${Number(data.clock)}` as keyof typeof SEES);
  return (
    <div class="stack first-setting">
      <p class="small soft">
        {sees && !open && `${t(SEES[sees])} `}
        <button
          type="button"
          class="link-like"
          aria-expanded={open}
          data-testid="first-customize"
          onClick={() => setOpen(!open)}
        >
          {t("first.customize")}
        </button>
      </p>
      {open && <SettingSwitches patientId={one.id} name={t("first.guest")} pushed={null} short />}
    </div>
  );
}

const SEES = {
  "11": "first.see_both",
  "10": "first.see_self",
  "01": "first.see_clock",
  "00": "first.see_none",
} as const;
