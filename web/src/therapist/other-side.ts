/** How the patient is right now, in a few words beside the name. Pure but for the page's language. */
import { timeOfDay } from "../i18n/format";
import { t } from "../i18n/therapist";
import type { CallState } from "../lib/call";
import type { DeviceState, Session } from "../lib/types";

/** Proof older than this is told with its age, in milliseconds. */
export const FRESH_MS = 3_000;

/** A reload or a busy device may pause this long; said earlier it would flicker, in milliseconds. */
export const STOPPED_MS = 6_000;

type Line = Pick<CallState, "phase" | "otherConnected" | "otherPaused">;

/**
 * What is to be known of the patient, one thing or two; null when all is well.
 *
 * Whether they are here comes first, then what their devices send. Nothing is said of them while
 * the therapist's own line is lost, since it cannot be known.
 */
export function otherSide(session: Session, call: Line | null): string | null {
  const away = absence(session);
  if (away) return away;
  if (call?.phase === "reconnecting") return null;
  if (isReconnecting(session, call)) return t("other.reconnecting");
  const words = deviceWords(session, call?.otherPaused ?? false);
  if (session.patient_devices?.screen && session.gate_open) words.unshift(t("share.other"));
  if (session.sent_back_at && !session.gate_open) words.unshift(t("other.sent_back"));
  return words.length > 0 ? words.join(" · ") : null;
}

/** Why the patient is not here; null for one who is. */
export function absence(session: Session): string | null {
  if (session.link_state === "revoked" && !session.gate_open) return t("other.revoked");
  const here = session.patient_present || session.patient_reconnecting || session.gate_open;
  if (here || session.state === "ended") return null;
  if (session.link_state === "expired") return t("other.expired");
  const left = leftAt(session);
  if (left) return t("other.left", { time: timeOfDay(left) });
  return t(wasHere(session) ? "other.gone" : "other.not_yet");
}

/** When the patient said goodbye to this session; to an earlier one says nothing of this one. */
export function leftAt({ patient_left_at, opened_at }: Session): string | null {
  const isOfThis = patient_left_at !== null && Date.parse(patient_left_at) >= Date.parse(opened_at);
  return isOfThis ? patient_left_at : null;
}

/** The patient has been in this session: in contact, or as far as their page told its devices. */
export function wasHere(session: Session): boolean {
  return session.contact_at !== null || session.patient_devices !== null;
}

function isReconnecting(session: Session, call: Line | null): boolean {
  if (session.patient_reconnecting) return true;
  const silent = call?.otherConnected === false || session.patient_proof?.connected === false;
  return session.gate_open && silent;
}

function deviceWords(session: Session, paused: boolean): string[] {
  const { microphone, camera } = session.patient_devices ?? {};
  if (microphone === "denied" && camera === "denied") return [t("other.both_denied")];
  const sound = failing(microphone)
    ? t(`other.mic_${microphone}`)
    : stopped(session, "heard_age_ms") && t(hiddenOr(session, "other.mic_silent"));
  return [sound, pictureWords(session, camera, paused)].filter((word) => typeof word === "string");
}

/** The node holds the patient's picture back; a camera that is off sends nothing to hold. */
export function isPaused(session: Session, paused: boolean): boolean {
  if (session.sound_first && session.gate_open) return false; // by hand, and said elsewhere
  return paused && !failing(session.patient_devices?.camera);
}

function pictureWords(session: Session, camera: DeviceState | undefined, paused: boolean) {
  if (failing(camera)) return t(`other.cam_${camera}`);
  if (session.sound_first && session.gate_open) return null; // said by the note of the room
  if (isPaused(session, paused)) return t("other.paused");
  return stopped(session, "seen_age_ms") && t(hiddenOr(session, "other.cam_silent"));
}

/** A page in the background explains that its device stopped; where all comes it is no news. */
function hiddenOr({ patient_devices }: Session, key: "other.mic_silent" | "other.cam_silent") {
  return patient_devices?.hidden ? (`${key}_hidden` as const) : key;
}

type Failing = Exclude<DeviceState, "on" | "unknown">;

function failing(state: DeviceState | undefined): state is Failing {
  return state !== undefined && state !== "on" && state !== "unknown";
}

/** It came before, and has not come for a while although the line is there. */
function stopped({ patient_proof }: Session, what: "heard_age_ms" | "seen_age_ms"): boolean {
  const age = patient_proof?.connected ? patient_proof[what] : null;
  return age !== null && age !== undefined && age > STOPPED_MS;
}
