/** Which sentence fits what was measured. Pure; the pages look the words up in the catalogue. */
import type { PlainKey } from "../i18n/patient";
import type { BrowserKind } from "../lib/browser";
import type { CallState } from "../lib/call";
import type { Refusal } from "../lib/device-access";
import { levelOfRoundTrip } from "../lib/level";
import type { DeviceReport, DeviceState, MediaProof } from "../lib/types";

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

export type Line = { level: "good" | "fair" | "poor" | null; key: PlainKey };

/** One line on the connection, by the round trip to the media server of this very call. */
export function connectionLine(call: Pick<CallState, "phase" | "rttMs">): Line {
  if (call.phase === "reconnecting") return { level: "poor", key: "line_back" };
  if (call.phase !== "connected" || call.rttMs === null)
    return { level: null, key: "line_connecting" };
  const level = levelOfRoundTrip(call.rttMs);
  return { level, key: `line_${level}` };
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
