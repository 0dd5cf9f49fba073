/** Which sentence fits what was measured. Pure; the pages look the words up in the catalogue. */
import type { PlainKey } from "../i18n/patient";
import type { BrowserKind } from "../lib/browser";
import type { CallState } from "../lib/call";
import type { Refusal } from "../lib/device-access";
import type { Level } from "../lib/level";
import { freshCheck, type Judged, judge, markOf } from "../lib/quality";
import type { CheckReport, DeviceReport, DeviceState, Look, MediaProof } from "../lib/types";

/** Sound that arrived longer ago than this is no proof any more, in milliseconds. */
const FRESH_MS = 1_500;
/** Speech reaches this; a quiet room does not (PROBES.md: mic level). */
const SPEECH_DBFS = -50;

export type Hearing = "hear_you" | "hear_quiet" | "hear_nothing" | "microphone_off";

/**
 * What the media server hears of this page.
 *
 * @param spokeBefore Speech was heard on this visit: a pause for thought is not a fault.
 */
export function hearing(
  proof: MediaProof | null,
  microphone: DeviceState,
  spokeBefore: boolean,
): Hearing {
  if (microphone === "off") return "microphone_off";
  if (proof === null || proof.heard_age_ms === null || proof.heard_age_ms > FRESH_MS)
    return "hear_nothing";
  return spokeBefore || isSpeech(proof) ? "hear_you" : "hear_quiet";
}

/** Without the level extension every sound that arrives counts. */
export function isSpeech(proof: MediaProof | null): boolean {
  if (proof === null || proof.heard_age_ms === null) return false;
  return proof.level_dbfs === null || proof.level_dbfs >= SPEECH_DBFS;
}

export type Line = {
  level: Level | null;
  key: PlainKey;
  hint: PlainKey | null;
  /** Said besides, where the packets take a longer way. */
  relay?: PlainKey;
};
type Call = Pick<CallState, "phase" | "blocked" | "rttMs" | "quality" | "check" | "gateOpen">;

type InContact = Call & Pick<CallState, "ownPaused" | "otherPaused" | "otherWeak">;

const said = (level: Level | null, key: PlainKey, hint: PlainKey | null = null): Line => ({
  level,
  key,
  hint,
});

/**
 * One line on the connection: what the media server measures of this very call, else its round
 * trip.
 *
 * @param now The server's time.
 * @param look What the page sees itself of its camera.
 */
export function connectionLine(
  call: Call,
  camera: DeviceState,
  now: number,
  look: Look = "unknown",
): Line {
  if (call.phase === "reconnecting") return said("poor", "line_back");
  if (call.phase !== "connected")
    return call.blocked ? said("poor", "line_blocked") : said(null, "line_connecting");
  const contact = call.gateOpen ?? false;
  const isBlack = look === "black" || freshCheck(call.check, now)?.camera === "black";
  if (!contact && camera === "on" && isBlack) return said("poor", "line_black");
  const judged = judge({ ...call, rtt_ms: call.rttMs }, contact, now);
  if (judged.quality === null && judged.level === null) return said(null, "line_connecting");
  const line = lineOf(judged);
  return isRoundabout(call.check) ? { ...line, relay: "line_relay" } : line;
}

/**
 * What there is to say of one's own line in contact, sentence by sentence, else that the trouble is
 * on the other side; null where there is nothing. How small a picture would be is of no interest
 * while none travels; that the other side's is paused is said in its place.
 *
 * @param now The server's time.
 */
export function lineInContact(
  call: InContact,
  now: number,
  { soundFirst, camera }: { soundFirst: boolean; camera: DeviceState },
): { level: Level | null; keys: readonly PlainKey[] } | null {
  if (call.phase !== "connected") return null;
  const { level, key, hint } = connectionLine(call, "unknown", now);
  const isWeak = level === "fair" || level === "poor" || key === "line_server";
  const isOfPictures = key === "line_capacity_up" || key === "line_capacity_down";
  const isPaused = call.ownPaused && !soundFirst && camera === "on";
  const isSaid = isWeak && !(isOfPictures && (soundFirst || isPaused));
  const keys = isSaid ? [key, ...(hint ? [hint] : [])] : [];
  if (isPaused && key !== "line_server") keys.push("line_own_paused");
  else if (key === "line_good" && call.quality && isOthers(call, soundFirst))
    keys.push("line_other");
  return keys.length > 0 ? { level: isWeak ? level : null, keys } : null;
}

/** The trouble is on the other side; a paused picture says so itself. */
function isOthers({ otherWeak, otherPaused }: InContact, soundFirst: boolean): boolean {
  return otherWeak && (soundFirst || !otherPaused);
}

/** The line goes by TCP or by a relay, as the last check found it. */
function isRoundabout(check: CheckReport | null): boolean {
  const way = check?.reach?.in_use ?? check?.transit;
  return way === "tcp" || way === "turn";
}

const HALF_SECOND_FROM_MS = 350;
const A_SECOND_FROM_MS = 750;
const MORE_FROM_MS = 1_500;

function lineOf({ level, cause, borderline, quality }: Judged): Line {
  const mark = markOf(level);
  if (cause === "server") return said(null, "line_server");
  if (mark === null) return said(null, "line_unjudged");
  if (level === "no_call") return said(mark, "line_no_call", "hint_network");
  if (mark === "good") return said(mark, borderline ? "line_border" : "line_good");
  switch (cause) {
    case "delay":
      return said(mark, lateKey(mark, quality?.delay_ms ?? null));
    case "none":
    case "other":
      return said(mark, `line_${mark}`);
    case "bufferbloat":
      return said(mark, `line_${cause}`, "hint_stop");
    default:
      return said(mark, `line_${cause}`, "hint_router");
  }
}

/** Over both lines where that was measured; of one's own alone it is told how bad, not how much. */
function lateKey(level: Level, delayMs: number | null): PlainKey {
  if (delayMs === null) return level === "poor" ? "line_late_much" : "line_late";
  if (delayMs >= MORE_FROM_MS) return "line_late_much";
  if (delayMs >= A_SECOND_FROM_MS) return "line_late_second";
  return delayMs >= HALF_SECOND_FROM_MS ? "line_late_half" : "line_late";
}

export type SilenceKey = "other_held" | "other_muted" | "other_no_camera" | "other_both_off";

/** Why nothing is heard or seen of the therapist, as the therapist's page says; null for no reason. */
export function silenceKey(devices: DeviceReport | null): SilenceKey | null {
  if (devices === null) return null;
  const { microphone, camera } = devices;
  if (microphone === "busy") return "other_held";
  if (microphone === "off") return camera === "off" ? "other_both_off" : "other_muted";
  return camera === "off" ? "other_no_camera" : null;
}

type Failure = "denied" | "missing" | "busy";
export type Trouble = { failure: Failure; what: "both" | "microphone" | "camera" };

/** The one trouble with the devices that is worth a sentence: the microphone's comes first. */
export function deviceTrouble({ microphone, camera }: DeviceReport): Trouble | null {
  if (isFailure(microphone))
    return { failure: microphone, what: camera === microphone ? "both" : "microphone" };
  return isFailure(camera) ? { failure: camera, what: "camera" } : null;
}

function isFailure(state: DeviceState): state is Failure {
  return state === "denied" || state === "missing" || state === "busy";
}

/**
 * Where this browser keeps the permission, or what else it was that said no.
 *
 * @param inApp The page runs inside another application, which has the permission to give.
 */
export function allowKey(
  { browser, platform }: BrowserKind,
  refusal: Refusal = "page",
  inApp = false,
): PlainKey {
  if (inApp) return platform === "ios" ? "in_app_ios" : "in_app_android";
  if (refusal === "system") return "allow_system";
  if (refusal === "closed") return "allow_closed";
  if (platform === "ios") return browser === "safari" ? "allow_safari_ios" : "allow_chrome_ios";
  if (browser === "samsung") return "allow_samsung";
  if (browser === "firefox")
    return platform === "android" ? "allow_firefox_android" : "allow_firefox_desktop";
  if (browser === "safari") return "allow_safari_desktop";
  if (browser === "other") return "allow_other";
  return platform === "android" ? "allow_chrome_android" : "allow_chrome_desktop";
}
