import {
  Camera,
  LogOut,
  Mic,
  MicOff,
  MonitorUp,
  MonitorX,
  Settings2,
  Video,
  VideoOff,
} from "lucide-preact";
import { useState } from "preact/hooks";
import { clockText } from "../../i18n/format";
import { t } from "../../i18n/patient";
import { canShowScreen } from "../../lib/screen";
import { serverNow } from "../../lib/server-time";
import {
  Dialog,
  Face,
  IconButton,
  LineNote,
  PictureFrame,
  RemotePicture,
  RoomFoot,
  Switch,
  useLasting,
  useRedraw,
  useWakeLock,
  WindowTools,
} from "../../ui";
import { callName, nameAlone } from "../names";
import { ChatAside, ChatNews, OpenChat } from "../parts/chat";
import { CameraFields, MicrophoneFields, SpeakerFields } from "../parts/device-fields";
import { DeviceHelp } from "../parts/device-help";
import { HintNote } from "../parts/hint-note";
import { OwnPicture } from "../parts/own-picture";
import { Title } from "../parts/page";
import type { VisitFlow } from "../visit";
import { lineInContact, silenceKey } from "../words";

type Props = { flow: VisitFlow };

/** A reconnection that lasts longer deserves another sentence, in milliseconds. */
const LONG_MS = 20_000;
/** A hiccup shorter than this is not worth a word, in milliseconds. */
const HICCUP_MS = 700;

/** Face to face. The therapist fills the screen; the rest is as the therapist set it. */
export function Room({ flow }: Props) {
  useWakeLock();
  const therapist = callName(flow.who.value);
  return (
    <main class="room room-theme" data-testid="patient-room">
      <Title hidden>{t("in_room", { therapist })}</Title>
      <Stage flow={flow} therapist={therapist} />
      <TopLine flow={flow} />
      <SelfView flow={flow} />
      <div class="room-help">
        <DeviceHelp flow={flow} />
      </div>
      <RoomFoot>
        {flow.screen.track.value && (
          <p class="pill small" role="status">
            <MonitorUp aria-hidden="true" />
            {t("screen_now")}
          </p>
        )}
        <LineInCall flow={flow} />
        <HintNote flow={flow} />
        <ChatNews flow={flow} />
        <Bar flow={flow} />
      </RoomFoot>
      {flow.chat.open.value && <ChatAside flow={flow} class="over" />}
    </main>
  );
}

/** One sentence on the patient's own line, where there is something to say of it. */
function LineInCall({ flow }: Props) {
  const call = flow.call.value;
  const line = lineInContact(call, serverNow(), {
    soundFirst: flow.visit.value?.sound_first ?? false,
    camera: flow.devices.state.value.camera,
  });
  if (line === null) return null;
  const { level, keys } = line;
  const text = keys.map((key) => t(key)).join(" ");
  return <LineNote level={level} text={text} fold={t("note_fold")} unfold={t("line_unfold")} />;
}

/** Who is on the screen: the therapist, the therapist's screen, or calmly the name. */
function Stage({ flow, therapist }: Props & { therapist: string }) {
  const { remote, phase, otherConnected, otherPaused } = flow.call.value;
  const [moving, setMoving] = useState(false);
  const [screen, setScreen] = useState(false);
  const [everSeen, setEverSeen] = useState(false);
  const stopped = flow.visit.value?.sound_first ?? false;
  const quiet = flow.devices.soundOnly.value || stopped;
  const face = moving && remote.camera?.readyState === "live" && !quiet;
  const ownLine = phase !== "connected";
  // As long as pictures move nobody needs a word about the line.
  const away = (ownLine || otherConnected === false) && !face;
  const show = (live: boolean) => {
    setMoving(live);
    if (live) setEverSeen(true);
  };
  const named = !face && !screen && !(away && everSeen);
  return (
    <>
      <RemotePicture
        class={screen ? "aside" : "filling"}
        track={remote.camera}
        frozen={away && everSeen}
        hidden={quiet}
        testid="patient-remote-video"
        onLive={show}
      />
      {remote.screen && (
        <div
          class={screen ? "shared shown" : "shared"}
          role="img"
          aria-label={t("screen_of", { therapist })}
        >
          <RemotePicture
            class="fitting"
            track={remote.screen}
            frozen={false}
            testid="patient-remote-screen"
            onLive={setScreen}
          />
        </div>
      )}
      {named && (
        <NameCard
          name={nameAlone(flow.who.value?.therapist_name)}
          therapist={therapist}
          hint={away ? null : stopped ? "sound_first" : pictureHint(quiet, otherPaused, everSeen)}
        />
      )}
      <Reconnecting own={ownLine} on={away} therapist={therapist} />
    </>
  );
}

type Hint = "sound_first" | "only_sound" | "picture_paused" | "no_picture" | "no_picture_yet";
type NameCardProps = { name: string; therapist: string; hint: Hint | null };

/** Why there is no picture, as far as is known: the node pauses it, or the camera sends none. */
function pictureHint(quiet: boolean, paused: boolean, everSeen: boolean): Hint {
  if (quiet) return "only_sound";
  if (paused) return "picture_paused";
  return everSeen ? "no_picture" : "no_picture_yet";
}

function NameCard({ name, therapist, hint }: NameCardProps) {
  const lasting = useLasting(hint !== null, 1_500);
  return (
    <div class="name-card" data-testid="patient-name-card">
      <Face name={name} size="large" />
      <p class="name">{name}</p>
      <p class="soft small" role="status">
        {lasting && hint && t(hint, { therapist })}
      </p>
    </div>
  );
}

function Reconnecting({ on, own, therapist }: { on: boolean; own: boolean; therapist: string }) {
  const shown = useLasting(on, HICCUP_MS);
  const long = useLasting(on, LONG_MS);
  const hint = own ? t(long ? "reconnecting_long" : "reconnecting_soon") : "";
  return (
    <div class={shown ? "reconnecting shown" : "reconnecting"} role="status">
      {shown && (
        <div data-testid="reconnecting" class="pill reconnecting-words">
          <span class="breathing" aria-hidden="true" />
          <p>
            {own ? t("reconnecting_you") : t("reconnecting_other", { therapist })}
            {hint && <span class="soft"> {hint}</span>}
          </p>
        </div>
      )}
    </div>
  );
}

function TopLine({ flow }: Props) {
  const hidden = flow.visit.value?.setting.self_view === false;
  const on = flow.devices.state.value.videoTrack !== null;
  return (
    <div class="top">
      {hidden && on && (
        <span class="pill small" data-testid="camera-on-sign">
          <Camera aria-hidden="true" class="sign" />
          {t("your_camera_is_on")}
        </span>
      )}
      <OtherSide flow={flow} />
      <span class="grow" />
      {flow.visit.value?.setting.clock && <Clock flow={flow} />}
    </div>
  );
}

/** What the therapist's page does not send: a silence must not look like a fault. */
function OtherSide({ flow }: Props) {
  const key = silenceKey(flow.visit.value?.therapist_devices ?? null);
  const therapist = nameAlone(flow.who.value?.therapist_name);
  const mute = key !== null && key !== "other_no_camera";
  return (
    <>
      <p class="only-heard" role="status" data-testid="other-side">
        {key && t(key, { therapist })}
      </p>
      {key && (
        <span class="pill small" aria-hidden="true">
          {mute ? <MicOff class="sign-off" /> : <VideoOff class="sign-off" />}
          {t(key, { therapist })}
        </span>
      )}
    </>
  );
}

function ScreenButton({ flow }: Props) {
  if (!canShowScreen() || !flow.screen.allowed.value) return null;
  const shown = flow.screen.track.value !== null;
  return (
    <IconButton
      class={shown ? "on" : ""}
      icon={shown ? MonitorX : MonitorUp}
      label={t(shown ? "screen_stop" : "screen_show")}
      data-testid="toggle-screen"
      onClick={() => (shown ? flow.screen.stop() : flow.screen.show())}
    />
  );
}

function PictureFields({ flow }: Props) {
  const { blur } = flow.devices.state.value;
  return (
    <div class="stack">
      <Switch
        label={t("only_sound")}
        hint={t("only_sound_hint")}
        on={flow.devices.soundOnly.value}
        data-testid="sound-only"
        onChange={(on) => flow.devices.setSoundOnly(on)}
      />
      {blur !== null && (
        <Switch
          label={t("blur")}
          hint={t("blur_hint")}
          on={blur}
          data-testid="blur"
          onChange={(on) => flow.devices.setBlur(on)}
        />
      )}
      <WindowTools
        picture={() => document.querySelector<HTMLVideoElement>(".room .remote video")}
        words={{
          small: t("small_window"),
          full: t("full_screen"),
          leaveFull: t("leave_full_screen"),
        }}
      />
    </div>
  );
}

function Clock({ flow }: Props) {
  useRedraw(250);
  // Reading the count subscribes to the server's ticks.
  const elapsed = flow.ticks.value > 0 ? flow.clock.elapsed(performance.now()) : null;
  if (elapsed === null) return null;
  return (
    <span class="pill num" role="timer" aria-label={t("elapsed")} data-testid="clock">
      {clockText(elapsed)}
    </span>
  );
}

function SelfView({ flow }: Props) {
  const { videoTrack } = flow.devices.state.value;
  if (!flow.visit.value?.setting.self_view || !videoTrack) return null;
  return (
    <div data-testid="self-view">
      <PictureFrame class="own">
        <OwnPicture track={videoTrack} />
      </PictureFrame>
    </div>
  );
}

function Bar({ flow }: Props) {
  const [open, setOpen] = useState(false);
  const { microphone, camera } = flow.devices.state.value;
  const [hears, sees] = [microphone === "on", camera === "on"];
  return (
    <div class="bar" role="toolbar">
      <IconButton
        class={hears ? "" : "off"}
        icon={hears ? Mic : MicOff}
        label={t(hears ? "mute" : "unmute")}
        data-testid="toggle-microphone"
        onClick={() => flow.devices.setMicrophone(!hears)}
      />
      <IconButton
        class={sees ? "" : "off"}
        icon={sees ? Video : VideoOff}
        label={t(sees ? "camera_stop" : "camera_start")}
        data-testid="toggle-camera"
        onClick={() => flow.devices.setCamera(!sees)}
      />
      <ScreenButton flow={flow} />
      <OpenChat flow={flow} />
      <IconButton icon={Settings2} label={t("settings")} onClick={() => setOpen(true)} />
      <span class="divider" />
      <IconButton
        class="end"
        icon={LogOut}
        label={t("leave")}
        data-testid="patient-leave"
        onClick={() => void flow.leave()}
      />
      {open && (
        <Dialog title={t("settings")} closeLabel={t("close")} onClose={() => setOpen(false)}>
          <MicrophoneFields flow={flow} />
          <CameraFields flow={flow} />
          <SpeakerFields flow={flow} />
          <PictureFields flow={flow} />
        </Dialog>
      )}
    </div>
  );
}
