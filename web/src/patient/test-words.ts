/** What came of a test from the link: three results, each in words. Pure. */
import type { PlainKey } from "../i18n/patient";
import type { CallState } from "../lib/call";
import type { Level } from "../lib/level";
import type { DeviceState, Look, Speaker } from "../lib/types";
import type { Outcome } from "./link-test";
import { connectionLine, hearing } from "./words";

/** A line has a level; a device works, or wants something of the person. */
export type Mark = Level | "works" | "trouble" | "heard" | "not_heard";

export interface Result {
  /** Null while it is not known, and where nothing is wrong and nothing is proven. */
  readonly mark: Mark | null;
  readonly key: PlainKey;
  readonly hint: PlainKey | null;
}

const result = (mark: Mark | null, key: PlainKey): Result => ({ mark, key, hint: null });

/** A picture that arrived longer ago than this is no proof, in milliseconds. */
const SEEN_MS = 3_000;

/** @param look What the page sees itself: a cover is seen by it at once, and after the test too. */
export function cameraResult(
  call: CallState,
  camera: DeviceState,
  look: Look,
  running: boolean,
): Result {
  if (isFailure(camera)) return result("trouble", `${camera}_camera`);
  const verdict = call.check?.camera ?? "unknown";
  const seen = call.proof?.seen_age_ms ?? null;
  if (verdict === "black" || look === "black") return result("trouble", "line_black");
  if (verdict === "frozen" || look === "frozen") return result("trouble", "test_camera_frozen");
  if (verdict === "works" || (seen !== null && seen < SEEN_MS))
    return result("works", "test_camera_works");
  if (camera === "off") return result(null, "camera_is_off");
  return running ? result(null, "test_running") : result("trouble", "no_own_picture");
}

/** A silence is no fault: who said nothing is asked to. */
export function microphoneResult(
  call: CallState,
  microphone: DeviceState,
  spoke: boolean,
  running: boolean,
): Result {
  if (isFailure(microphone)) return result("trouble", `${microphone}_microphone`);
  const verdict = call.check?.microphone ?? "unknown";
  const heard = hearing(call.proof, microphone, spoke);
  if (heard === "microphone_off") return result(null, "microphone_off");
  if (verdict === "works" || spoke) return result("works", "test_microphone_works");
  if (verdict === "quiet" || heard === "hear_quiet") return result(null, "test_microphone_quiet");
  return running ? result(null, "test_running") : result("trouble", "hear_nothing");
}

/** @param now The server's time. */
export function connectionResult(call: CallState, outcome: Outcome, now: number): Result {
  if (outcome === "too_often") return result(null, "test_often");
  if (outcome === "blocked") return result("poor", "line_blocked");
  if (outcome === "unreachable") return result(null, "unreachable_title");
  if (outcome === "invalid") return result(null, "invalid_title");
  if (outcome === "running") return result(null, "test_running");
  // Its camera has a row of its own, and what was measured last stays when the call has ended.
  const line = connectionLine({ ...call, phase: "connected" }, "unknown", now);
  if (line.key === "line_connecting") return result(null, "line_unjudged");
  return { mark: line.level, key: line.key, hint: line.hint };
}

/** The person's own word; nothing is wrong with what was not tried. */
export function speakerResult(speaker: Speaker): Result {
  if (speaker === "heard") return result("heard", "tone_heard");
  return speaker === "not_heard" ? result("not_heard", "tone_help") : result(null, "tone_untried");
}

type Failure = "denied" | "missing" | "busy";

function isFailure(state: DeviceState): state is Failure {
  return state === "denied" || state === "missing" || state === "busy";
}
