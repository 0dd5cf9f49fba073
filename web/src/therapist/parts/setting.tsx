import { Video } from "lucide-preact";
import { t } from "../../i18n/therapist";
import type { PatientSetting } from "../../lib/types";
import { firstName, Switch } from "../../ui";
import { api } from "../api";
import { useAction, useLoad } from "../hooks";
import { AlertBlock } from "./alert";
import { Trouble } from "./trouble";

interface SettingProps {
  patientId: string;
  name: string;
  /** The setting in force as control pushed it; without an open session it is loaded. */
  pushed: PatientSetting | null;
  /** Shorter words, for the room's side menu. */
  short?: boolean;
  /** No picture travels, and no screen. */
  soundFirst?: boolean;
  /** Whether they are a guest, who is told nothing when the therapist enters. */
  guest?: boolean;
}

/** What the patient sees: the switches, in force at once, and how it will look on a phone. */
export function SettingSwitches(props: SettingProps) {
  const { patientId, name, pushed, short, soundFirst, guest } = props;
  const loaded = useLoad(() => api.setting(patientId), patientId);
  const { busy, error, run } = useAction();
  const setting = pushed ?? loaded.data;
  if (!setting) return <Trouble error={loaded.error} onRetry={loaded.reload} />;
  const change = ({ self_view, clock, screen }: PatientSetting) =>
    void run(() => api.changeSetting(patientId, { self_view, clock, screen })).then(loaded.reload);
  return (
    <div class="setting">
      <Switches
        setting={setting}
        name={name}
        short={short}
        soundFirst={soundFirst}
        busy={busy}
        onChange={change}
      />
      {!short && <PhonePreview setting={setting} name={firstName(name)} />}
      <Trouble error={error} />
      {!short && !guest && <AlertBlock patientId={patientId} name={name} />}
    </div>
  );
}

interface SwitchesProps {
  setting: PatientSetting;
  name: string;
  short?: boolean | undefined;
  /** With the screen switch too, which the room's side menu has as well. */
  whole?: boolean;
  soundFirst?: boolean | undefined;
  busy: boolean;
  onChange: (setting: PatientSetting) => void;
}

/** Each with a line on what the patient will see. */
export function Switches(props: SwitchesProps) {
  const { setting, name, short, whole, soundFirst, busy, onChange } = props;
  const change = (part: Partial<PatientSetting>) => onChange({ ...setting, ...part });
  const who = { name: firstName(name) };
  return (
    <div class="setting-switches">
      <Switch
        label={t(short ? "room.their_picture" : "setting.self_view")}
        hint={t(setting.self_view ? "setting.self_view_on" : "setting.self_view_off", who)}
        on={setting.self_view}
        disabled={busy}
        data-testid="setting-self-view"
        onChange={(self_view) => change({ self_view })}
      />
      <Switch
        label={t(short ? "room.their_clock" : "setting.clock")}
        hint={t(setting.clock ? "setting.clock_on" : "setting.clock_off")}
        on={setting.clock}
        disabled={busy}
        data-testid="setting-clock"
        onChange={(clock) => change({ clock })}
      />
      {(short || whole) && (
        <Switch
          label={t("share.allowed")}
          hint={t(screenHint(setting.screen, whole ?? false, soundFirst ?? false), who)}
          on={setting.screen}
          disabled={busy}
          data-testid="setting-screen"
          onChange={(screen) => change({ screen })}
        />
      )}
    </div>
  );
}

/** What the patient has of it just now: while no picture travels, no button. */
export function screenHint(allowed: boolean, whole: boolean, soundFirst: boolean) {
  if (!allowed) return whole ? "default.screen_off" : "share.allowed_off";
  return soundFirst ? "share.allowed_later" : "share.allowed_on";
}

/** The patient's phone, drawn: the therapist's picture, and what the switches add to it. */
export function PhonePreview({ setting, name }: { setting: PatientSetting; name: string }) {
  return (
    <figure class="preview">
      <div class="phone" role="img" aria-label={previewText(setting)}>
        <Person class="them" />
        {setting.clock && <span class="phone-clock num">12:34</span>}
        {setting.self_view ? (
          <span class="phone-own">
            <Person class="own" />
          </span>
        ) : (
          <span class="phone-sign">
            <Video aria-hidden="true" />
          </span>
        )}
      </div>
      <figcaption class="small soft">{t("setting.preview", { name })}</figcaption>
    </figure>
  );
}

function previewText({ self_view, clock }: PatientSetting): string {
  if (self_view && clock) return t("setting.preview_text_both");
  if (self_view) return t("setting.preview_text_self");
  return t(clock ? "setting.preview_text_clock" : "setting.preview_text_none");
}

function Person({ class: kind }: { class: "them" | "own" }) {
  return (
    <svg class={`person ${kind}`} viewBox="0 0 100 120" aria-hidden="true">
      <path class="body" d="M4 120c0-34 18-48 46-48s46 14 46 48z" />
      <path class="neck" d="M40 60h20v14c0 8-20 8-20 0z" />
      <ellipse class="head" cx="50" cy="38" rx="21" ry="27" />
      <path
        class="hair"
        d="M27 42C24 12 40 5 52 6c16 1 24 12 21 36-2-12-6-17-14-18-12-2-26 0-32 18z"
      />
    </svg>
  );
}
