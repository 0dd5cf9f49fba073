import { signal } from "@preact/signals";
import { Mic, Video, Volume2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import type { Choice as DeviceChoice } from "../../lib/devices";
import type { DeviceState } from "../../lib/types";
import { Button, type Choice, Foldable, Note, Select, ToneQuestion } from "../../ui";
import { sounds } from "../state/attention";
import { device, devicesState, ownWord, tellSpeaker } from "../state/place";

/** Microphone, camera and speaker, each chosen from the browser's list, and a tone to hear. */
export function DeviceChoosers({ stacked }: { stacked?: boolean }) {
  const devices = devicesState.value;
  if (!devices) return null;
  const { chosen, audioTrack, videoTrack } = devices;
  const bare = stacked ?? false;
  return (
    <div class={stacked ? "choosers stacked" : "choosers"}>
      <Select
        label={t("device.microphone")}
        icon={Mic}
        bare={bare}
        choices={choicesOf(devices.microphones)}
        value={chosen.microphone ?? inUse(audioTrack)}
        disabled={devices.microphones.length === 0}
        data-testid="choose-microphone"
        onChoose={(id) => device.choose("microphone", id)}
      />
      <Select
        label={t("device.camera")}
        icon={Video}
        bare={bare}
        choices={choicesOf(devices.cameras)}
        value={chosen.camera ?? inUse(videoTrack)}
        disabled={devices.cameras.length === 0}
        data-testid="choose-camera"
        onChoose={(id) => device.choose("camera", id)}
      />
      <div class="speaker">
        <Select
          label={t("device.speaker")}
          icon={Volume2}
          bare={bare}
          choices={speakersOf(devices.speakers)}
          value={chosen.speaker ?? ""}
          disabled={devices.speakers.length === 0}
          data-testid="choose-speaker"
          onChoose={device.chooseSpeaker}
        />
        <ToneButton speaker={chosen.speaker} />
      </div>
    </div>
  );
}

/** A tone on one's own click, and whether it was heard: only the person knows. */
function ToneButton({ speaker }: { speaker: string | null }) {
  const [state, setState] = useState<"ready" | "playing" | "asking">("ready");
  const play = async () => {
    setState("playing");
    await sounds.tone(speaker);
    setState("asking");
  };
  const answer = (heard: boolean) => {
    tellSpeaker(heard ? "heard" : "not_heard");
    setState("ready");
  };
  const playing = state === "playing";
  const unheard = state === "ready" && ownWord.value.speaker === "not_heard";
  return (
    <>
      <Button disabled={playing} data-testid="play-tone" onClick={() => void play()}>
        {t(playing ? "device.playing" : "device.tone")}
      </Button>
      <div class="tone-answer" role="status">
        {state === "asking" && (
          <ToneQuestion
            ask={t("tone.ask")}
            yes={t("tone.yes")}
            no={t("tone.no")}
            onAnswer={answer}
          />
        )}
        {unheard && <p class="small">{t("tone.help")}</p>}
      </div>
    </>
  );
}

/** The trouble whose note was folded away, on whichever page; another one shows. */
const foldedAway = signal<string | null>(null);

/** What the browser refused, and what to do about it; nothing when all is well. */
export function DeviceTrouble() {
  const devices = devicesState.value;
  if (!devices) return null;
  const sentences = [microphoneTrouble(devices.microphone), cameraTrouble(devices.camera)];
  const said = sentences.filter((sentence): sentence is string => sentence !== null);
  if (said.length === 0) return null;
  const about = `${devices.microphone} ${devices.camera}`;
  const folded = foldedAway.value === about;
  return (
    <Foldable
      folded={folded}
      label={t(folded ? "device.note_unfold" : "device.note_fold")}
      onFold={(fold) => {
        foldedAway.value = fold ? about : null;
      }}
    >
      <Note trouble>
        {said.map((sentence) => (
          <span key={sentence} class="sentence">
            {sentence}
          </span>
        ))}
        <Button size="compact" onClick={device.ask}>
          {t("go.retry")}
        </Button>
      </Note>
    </Foldable>
  );
}

function microphoneTrouble(state: DeviceState): string | null {
  if (state === "denied") return t("device.mic_denied");
  if (state === "missing") return t("device.mic_missing");
  return state === "busy" ? t("device.mic_busy") : null;
}

function cameraTrouble(state: DeviceState): string | null {
  if (state === "denied") return t("device.cam_denied");
  if (state === "missing") return t("device.cam_missing");
  return state === "busy" ? t("device.cam_busy") : null;
}

function choicesOf(found: readonly DeviceChoice[]): readonly Choice[] {
  if (found.length === 0) return [{ value: "", text: t("device.none") }];
  return found.map(({ id, label }, index) => ({ value: id, text: label || `${index + 1}` }));
}

function speakersOf(found: readonly DeviceChoice[]): readonly Choice[] {
  const usual = { value: "", text: t("device.default_speaker") };
  const named = found.filter(({ id }) => id !== "default");
  return [usual, ...named.map(({ id, label }) => ({ value: id, text: label }))];
}

function inUse(track: MediaStreamTrack | null): string {
  return track?.getSettings().deviceId ?? "";
}
