/**
 * Where the therapist is present: one session at a time, with its media connection and devices.
 *
 * It lives beside the pages, so that going from the waiting room to Home and to the virtual room
 * touches no connection.
 */
import { computed, effect, signal, untracked } from "@preact/signals";
import { Call, type CallState } from "../../lib/call";
import { CameraLook } from "../../lib/camera-look";
import { ClockFace } from "../../lib/clock";
import { Devices, type DevicesState, NO_DEVICES } from "../../lib/devices";
import { Screen } from "../../lib/screen";
import type { OwnWord, Speaker } from "../../lib/types";
import { api } from "../api";
import { asMe } from "./account";
import { endedSessions, knownSession } from "./sessions";

const DRAW_EVERY_MS = 250;
const NO_WORD: OwnWord = { speaker: "untried", look: "unknown" };

interface Clock {
  readonly elapsed_s: number;
  readonly connected_s: number;
}

/** The session in which the therapist is present; null when in none. */
export const placeId = signal<string | null>(null);
export const place = computed(() => (placeId.value ? knownSession(placeId.value) : null));
export const callState = signal<CallState | null>(null);
export const devicesState = signal<DevicesState | null>(null);
/** The media server's clock; null before contact. */
export const clock = signal<Clock | null>(null);
export const screenTrack = signal<MediaStreamTrack | null>(null);
/** Whether the therapist heard the test tone, as she says, and what this page sees of her camera. */
export const ownWord = signal<OwnWord>(NO_WORD);

/** One's own picture, from the camera that is in use. */
export const ownPicture = computed(() => devicesState.value?.videoTrack ?? null);
export const remotePicture = computed(() => callState.value?.remote.camera ?? null);
export const remoteScreen = computed(() => callState.value?.remote.screen ?? null);
/** The patient is sent back and the node does not answer: nothing is sent or played meanwhile. */
export const isCutOff = computed(() => place.value?.closing ?? false);
export const remoteSound = computed(() =>
  isCutOff.value ? null : (callState.value?.remote.audio ?? null),
);

let call: Call | null = null;
let devices: Devices | null = null;
let screen: Screen | null = null;
let look: CameraLook | null = null;
let watched: MediaStreamTrack | null = null;
let drawing: ReturnType<typeof setInterval> | undefined;
const face = new ClockFace();

/** Be present in this session: connect to its media node and ask for the devices. */
export function join(sessionId: string): void {
  if (placeId.peek() === sessionId && callState.peek()?.phase !== "closed") return;
  leave();
  placeId.value = sessionId;
  const control = {
    offer: (sdp: string) => asMe(api.offer(sessionId, sdp)),
    iceServers: () => asMe(api.iceServers(sessionId)),
  };
  call = new Call(control, {
    onChange: (state) => {
      callState.value = state;
    },
    onClock: (message) => {
      if (message) face.take(message, performance.now());
      else face.clear();
      drawClock();
    },
  });
  devices = new Devices((state) => {
    devicesState.value = state;
    sendOwn();
    watchOwnPicture(state.videoTrack);
  });
  look = new CameraLook((seen) => {
    ownWord.value = { ...ownWord.peek(), look: seen };
  });
  call.start();
  void devices.ask();
  screen = new Screen({
    send: (track) => void call?.send("screen", track),
    onChange: (track) => {
      screenTrack.value = track;
    },
  });
  drawing = setInterval(drawClock, DRAW_EVERY_MS);
}

/** Be present nowhere; devices are released and their lights go out. */
export function leave(): void {
  clearInterval(drawing);
  screen?.close();
  call?.stop();
  devices?.stop();
  watchOwnPicture(null);
  call = null;
  devices = null;
  look = null;
  ownWord.value = NO_WORD;
  screen = null;
  face.clear();
  placeId.value = callState.value = devicesState.value = clock.value = null;
}

/** Let go as soon as the session has ended, whoever ended it. */
export function leaveWhenEnded(): void {
  const id = placeId.value;
  if (id && endedSessions.value.some((session) => session.id === id)) leave();
}

/** Continue here after another window of the same therapist took the place. */
export function takeBack(): void {
  call?.start();
}

export const device = {
  ask: () => void devices?.ask(),
  choose: (kind: "microphone" | "camera", id: string) => void devices?.choose(kind, id),
  chooseSpeaker: (id: string) => {
    devices?.chooseSpeaker(id);
    tellSpeaker("untried"); // nobody has heard a tone from it yet
  },
  setMicrophone: (on: boolean) => devices?.setMicrophone(on),
  setCamera: (on: boolean) => void devices?.setCamera(on),
  setBlur: (on: boolean) => void devices?.setBlur(on),
  revive: () => void devices?.revive(),
};

/** The answer to "Did you hear the tone?" */
export function tellSpeaker(speaker: Speaker): void {
  ownWord.value = { ...ownWord.peek(), speaker };
}

function watchOwnPicture(track: MediaStreamTrack | null): void {
  if (track === watched) return;
  watched = track;
  look?.watch(track);
}

/** Send what the devices give, or nothing where the patient is to be parted from. */
function sendOwn(): void {
  const { audioTrack, videoTrack } = devicesState.peek() ?? NO_DEVICES;
  const cut = isCutOff.peek();
  void call?.send("audio", cut ? null : audioTrack);
  void call?.send("camera", cut ? null : videoTrack);
}

/** Do what "send back" asks for on this side, while the node does not; returns the way to stop. */
export function cutOffWhileClosing(): () => void {
  return effect(() => {
    const cut = isCutOff.value;
    untracked(() => {
      if (cut) stopScreen();
      sendOwn();
    });
  });
}

/** Show the screen, or a window of it; the browser asks which. */
export async function shareScreen(): Promise<void> {
  await screen?.show();
}

export function stopScreen(): void {
  screen?.stop();
}

function drawClock(): void {
  const elapsed = face.elapsed(performance.now());
  const connected = face.connected;
  if (elapsed === null || connected === null) {
    clock.value = null;
  } else if (Math.floor(elapsed) !== clock.peek()?.elapsed_s) {
    clock.value = { elapsed_s: Math.floor(elapsed), connected_s: connected };
  }
}
