import {
  type LucideIcon,
  Mic,
  MicOff,
  MonitorUp,
  MonitorX,
  Undo2,
  Video,
  VideoOff,
  X,
} from "lucide-preact";
import type { ComponentChildren } from "preact";
import { t } from "../../i18n/therapist";
import { canShowScreen } from "../../lib/screen";
import type { Session } from "../../lib/types";
import { firstName, IconButton } from "../../ui";
import { api } from "../api";
import { useAction } from "../hooks";
import { device, devicesState, screenTrack, shareScreen, stopScreen } from "../state/place";
import { learn } from "../state/sessions";
import { sessionFacts } from "../words";
import { useEndSession } from "./end-session";
import { Trouble } from "./trouble";

interface RoomBarProps {
  session: Session;
  contact: boolean;
  /** The button of the chat. */
  children: ComponentChildren;
}

/** Microphone, camera, screen, chat, back to the waiting room, end. */
export function RoomBar({ session, contact, children }: RoomBarProps) {
  const hold = useAction(sessionFacts(session));
  const { ask, question } = useEndSession(session);
  return (
    <>
      <Trouble error={hold.error} name={firstName(session.patient_name)} />
      <div class="bar" role="toolbar" aria-label={t("room.bar")}>
        <MicrophoneButton />
        <CameraButton />
        <ScreenButton session={session} />
        {children}
        <span class="divider" />
        {contact && (
          <BarButton
            icon={Undo2}
            label={t("room.hold")}
            testid="hold"
            disabled={hold.busy}
            onClick={() => void hold.run(async () => learn(await api.hold(session.id)))}
          />
        )}
        <BarButton icon={X} label={t("room.end")} testid="end-session" kind="end" onClick={ask} />
      </div>
      {question}
    </>
  );
}

function MicrophoneButton() {
  const on = devicesState.value?.microphone === "on";
  const has = devicesState.value?.audioTrack != null;
  return (
    <BarButton
      icon={on ? Mic : MicOff}
      label={t(on ? "room.mic_off" : "room.mic_on")}
      testid="toggle-microphone"
      kind={on ? "plain" : "off"}
      onClick={() => (has ? device.setMicrophone(!on) : device.ask())}
    />
  );
}

function CameraButton() {
  const on = devicesState.value?.camera === "on";
  return (
    <BarButton
      icon={on ? Video : VideoOff}
      label={t(on ? "room.cam_off" : "room.cam_on")}
      testid="toggle-camera"
      kind={on ? "plain" : "off"}
      onClick={() => device.setCamera(!on)}
    />
  );
}

/** Sound first stops screens too. */
function ScreenButton({ session }: { session: Session }) {
  if (!canShowScreen() || session.sound_first) return null;
  const shown = screenTrack.value !== null;
  return (
    <BarButton
      icon={shown ? MonitorX : MonitorUp}
      label={t(shown ? "room.screen_stop" : "room.screen")}
      testid="toggle-screen"
      kind={shown ? "on" : "plain"}
      onClick={() => (shown ? stopScreen() : void shareScreen())}
    />
  );
}

interface BarButtonProps {
  icon: LucideIcon;
  label: string;
  testid: string;
  kind?: "plain" | "on" | "off" | "end";
  disabled?: boolean;
  onClick: () => void;
}

function BarButton({ icon, label, testid, kind = "plain", ...rest }: BarButtonProps) {
  return <IconButton icon={icon} label={label} class={kind} data-testid={testid} {...rest} />;
}
