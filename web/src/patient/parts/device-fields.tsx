import { Camera, Mic, Volume2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { t } from "../../i18n/patient";
import type { Choice } from "../../lib/devices";
import { Button, Select, Switch, ToneQuestion } from "../../ui";
import { sounds } from "../sound";
import type { VisitFlow } from "../visit";
import type { VisitDevices } from "../visit-devices";

type Props = { flow: VisitFlow };
type Numbered = "nth_microphone" | "nth_camera" | "nth_speaker";

/** Lists for a `Select`; a device whose name the browser hides gets a number. */
function choices(found: readonly Choice[], unnamed: Numbered) {
  return found.map(({ id, label }, index) => ({
    value: id,
    text: label || t(unnamed, { n: index + 1 }),
  }));
}

/** The device in use: the chosen one, or else what the running track says. */
function inUse(chosen: string | null, track: MediaStreamTrack | null): string {
  return track?.getSettings().deviceId ?? chosen ?? "";
}

export function MicrophoneFields({ flow }: Props) {
  const { microphones, chosen, microphone, audioTrack } = flow.devices.state.value;
  return (
    <div class="stack">
      <Select
        label={t("microphone")}
        icon={Mic}
        choices={choices(microphones, "nth_microphone")}
        value={inUse(chosen.microphone, audioTrack)}
        disabled={microphones.length === 0}
        data-testid="choose-microphone"
        onChoose={(id) => flow.devices.choose("microphone", id)}
      />
      <Switch
        label={t("microphone_on")}
        on={microphone === "on"}
        disabled={microphone === "asking"}
        onChange={(on) => flow.devices.setMicrophone(on)}
      />
    </div>
  );
}

export function CameraFields({ flow }: Props) {
  const { cameras, chosen, camera, videoTrack } = flow.devices.state.value;
  return (
    <div class="stack">
      <Select
        label={t("camera")}
        icon={Camera}
        choices={choices(cameras, "nth_camera")}
        value={inUse(chosen.camera, videoTrack)}
        disabled={cameras.length === 0}
        data-testid="choose-camera"
        onChoose={(id) => flow.devices.choose("camera", id)}
      />
      <Switch
        label={t("camera_on")}
        on={camera === "on"}
        disabled={camera === "asking"}
        onChange={(on) => flow.devices.setCamera(on)}
      />
    </div>
  );
}

export function SpeakerFields({ flow }: Props) {
  const { speakers, chosen } = flow.devices.state.value;
  return (
    <div class="stack">
      {speakers.length > 0 ? (
        <Select
          label={t("speaker")}
          icon={Volume2}
          choices={choices(speakers, "nth_speaker")}
          value={chosen.speaker ?? speakers[0]?.id ?? ""}
          data-testid="choose-speaker"
          onChoose={(id) => flow.devices.chooseSpeaker(id)}
        />
      ) : (
        <p class="small soft">{t("speaker_by_device")}</p>
      )}
      <ToneTest devices={flow.devices} />
    </div>
  );
}

/** A tone on one's own click, and whether it was heard: only the person knows. */
export function ToneTest({ devices, bare }: { devices: VisitDevices; bare?: boolean }) {
  const [state, setState] = useState<"ready" | "playing" | "asking">("ready");
  const play = async () => {
    setState("playing");
    await sounds.tone(devices.state.value.chosen.speaker).catch(() => undefined);
    setState("asking");
  };
  const answer = (heard: boolean) => {
    devices.tellSpeaker(heard ? "heard" : "not_heard");
    setState("ready");
  };
  const said = devices.speaker.value;
  return (
    <>
      <Button
        size={bare ? "compact" : "normal"}
        disabled={state === "playing"}
        data-testid="play-tone"
        onClick={() => void play()}
      >
        {t(state === "playing" ? "playing_tone" : "play_tone")}
      </Button>
      <div role="status" class="tone-answer">
        {state === "asking" && (
          <ToneQuestion ask={t("tone_ask")} yes={t("yes")} no={t("no")} onAnswer={answer} />
        )}
        {state === "ready" && said !== "untried" && !bare && (
          <p class="small" data-testid="tone-said">
            {t(said === "heard" ? "tone_heard" : "tone_help")}
          </p>
        )}
      </div>
    </>
  );
}
