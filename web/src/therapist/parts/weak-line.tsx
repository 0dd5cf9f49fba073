import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { announce, Button, firstName, Note, Switch } from "../../ui";
import { api } from "../api";
import { useAction } from "../hooks";
import type { Help } from "../line-causes";
import { stopScreen } from "../state/place";
import { learn } from "../state/sessions";
import { Trouble } from "./trouble";

type Props = { session: Session };

/** As long as this one hint is enough, in milliseconds; the server takes three in five minutes. */
const HINT_HOLDS_MS = 100_000;

/** The one thing that can be done about what a sentence says; nothing where there is none. */
export function LineHelp({ session, help }: Props & { help: Help | null }) {
  if (help === "hint") return session.patient_present ? <SendHint session={session} /> : null;
  return help === "sound_first" && !session.sound_first ? (
    <PutSoundFirst session={session} />
  ) : null;
}

function PutSoundFirst({ session }: Props) {
  return <Turn session={session} on label={t("sound.first")} />;
}

/** Undo it. */
export function PicturesAgain({ session }: Props) {
  return <Turn session={session} on={false} label={t("sound.undo")} />;
}

function Turn({ session, on, label }: Props & { on: boolean; label: string }) {
  const { busy, error, turn } = useSoundFirst(session);
  return (
    <>
      <Button
        size="compact"
        class="help"
        disabled={busy}
        data-testid={on ? "sound-first" : "pictures-again"}
        onClick={() => turn(on)}
      >
        {label}
      </Button>
      <Trouble error={error} />
    </>
  );
}

/** The same in the room's side menu, whatever the lines are like. */
export function SoundFirstSwitch({ session }: Props) {
  const { busy, error, turn } = useSoundFirst(session);
  return (
    <>
      <Switch
        label={t("sound.first")}
        hint={t("sound.first_hint", { name: firstName(session.patient_name) })}
        on={session.sound_first}
        disabled={busy}
        data-testid="sound-first-switch"
        onChange={turn}
      />
      <Trouble error={error} />
    </>
  );
}

/** Before contact: what was chosen for when the two meet. */
export function SoundFirstAhead({ session }: Props) {
  if (!session.sound_first || session.gate_open) return null;
  return (
    <div class="row wrap">
      <Note>{t("sound.ahead")}</Note>
      <PicturesAgain session={session} />
    </div>
  );
}

/** A screen that is shown is a picture too, and stops. */
function useSoundFirst(session: Session) {
  const { busy, error, run } = useAction(session.sound_first);
  const turn = (on: boolean) => {
    if (on) stopScreen();
    void run(async () => learn(await api.putSoundFirst(session.id, on)));
  };
  return { busy, error, turn };
}

/** Whoever was sent a hint needs no other for a while. */
function SendHint({ session }: Props) {
  const name = firstName(session.patient_name);
  const { busy, error, run } = useAction(session.id);
  const [sent, setSent] = useState(false);
  useEffect(() => {
    const timer = sent ? setTimeout(() => setSent(false), HINT_HOLDS_MS) : undefined;
    return () => clearTimeout(timer);
  }, [sent]);
  const send = async () => {
    if (!(await run(() => api.sendHint(session.id)))) return;
    setSent(true);
    announce(`${t("hint.sent")}. ${t("hint.sent_told", { name })}`);
  };
  return (
    <>
      <Button
        size="compact"
        class="help"
        disabled={busy || sent}
        title={sent ? t("hint.sent_told", { name }) : undefined}
        data-testid="send-hint"
        data-sent={sent}
        onClick={() => void send()}
      >
        {t(sent ? "hint.sent" : "hint.send")}
      </Button>
      <Trouble error={error} name={name} />
    </>
  );
}
