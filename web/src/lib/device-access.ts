/**
 * How the browser is asked for devices: with what constraints, and what its "no" means.
 *
 * What `getUserMedia` says in a dozen exceptions comes out as one word for each device. Choices are
 * kept on this device, as ids only, and the browser changes those ids for every site.
 */
import { storageOf } from "./storage";
import type { DeviceState } from "./types";

export type Kind = "microphone" | "camera";
export type Chosen = { microphone: string | null; camera: string | null; speaker: string | null };

/**
 * Why the browser said no, where it tells: the person closed the question without an answer, or the
 * settings of the computer or phone forbid it; else it is this page that is not allowed.
 */
export type Refusal = "page" | "closed" | "system";

/** The parts of the browser that are used, so that tests can be the browser. */
export type DeviceAccess = {
  media: Pick<MediaDevices, "getUserMedia" | "enumerateDevices"> &
    Pick<EventTarget, "addEventListener" | "removeEventListener">;
  /** "granted", "denied", "prompt"; null where the browser does not say. */
  permission(kind: Kind): Promise<PermissionState | null>;
  storage: Pick<Storage, "getItem" | "setItem"> | null;
};

const CHOSEN_KEY = "visavis.devices";
/**
 * An advanced setting, kept by hand in the browser's storage: a JSON object of audio constraints,
 * for instance `{"echoCancellation": false, "noiseSuppression": false, "autoGainControl": false}`
 * for a therapist who works with music. docs/operations.md names it.
 */
const AUDIO_KEY = "visavis.audio";

export function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : "";
}

/** One word for what `getUserMedia` threw (W3C Media Capture, 10.2). */
export function outcomeOf(error: unknown): DeviceState {
  switch (nameOf(error)) {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    default:
      // NotReadableError, AbortError: it is there, and something else holds it.
      return "busy";
  }
}

/** Chromium says in words what the exception's name does not. */
export function refusalOf(error: unknown): Refusal {
  const words = error instanceof Error || error instanceof DOMException ? error.message : "";
  if (/system/i.test(words)) return "system";
  return /dismissed/i.test(words) ? "closed" : "page";
}

/** What to ask for: these kinds, of the chosen devices where any were chosen. */
export function constraintsOf(
  kinds: readonly Kind[],
  chosen: Chosen,
  storage: DeviceAccess["storage"],
): MediaStreamConstraints {
  return {
    audio: kinds.includes("microphone") && audioConstraints(chosen, storage),
    video: kinds.includes("camera") && videoConstraints(chosen),
  };
}

function audioConstraints(chosen: Chosen, storage: DeviceAccess["storage"]): MediaTrackConstraints {
  const usual = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  const own = readObject(storage, AUDIO_KEY) as MediaTrackConstraints;
  return { ...usual, ...own, ...exactly(chosen.microphone) };
}

function videoConstraints(chosen: Chosen): MediaTrackConstraints {
  const usual = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
  return chosen.camera
    ? { ...usual, ...exactly(chosen.camera) }
    : { ...usual, facingMode: { ideal: "user" } };
}

function exactly(id: string | null): MediaTrackConstraints {
  return id ? { deviceId: { exact: id } } : {};
}

/** The devices that were chosen here before. */
export function readChosen(storage: DeviceAccess["storage"]): Chosen {
  const kept = readObject(storage, CHOSEN_KEY);
  const id = (key: keyof Chosen) => (typeof kept[key] === "string" ? (kept[key] as string) : null);
  return { microphone: id("microphone"), camera: id("camera"), speaker: id("speaker") };
}

/** Remember them for the next visit. */
export function keepChosen(storage: DeviceAccess["storage"], chosen: Chosen): void {
  try {
    storage?.setItem(CHOSEN_KEY, JSON.stringify(chosen));
  } catch {
    // Storage is full or forbidden: the choice holds for this visit.
  }
}

function readObject(storage: DeviceAccess["storage"], key: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(storage?.getItem(key) ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

export function browserAccess(): DeviceAccess {
  return {
    media: navigator.mediaDevices,
    async permission(kind) {
      try {
        const asked = await navigator.permissions.query({ name: kind as PermissionName });
        return asked.state;
      } catch {
        return null;
      }
    },
    storage: storageOf(() => localStorage),
  };
}
