/**
 * How each side's line is, as one sentence: from what the server measures of it today. Pure but
 * for the page's language.
 *
 * One cause at a time: whether somebody is there comes first, then what is missing, then how late
 * it is. A silence is no fault, and what was not measured is not called good.
 */
import { waitText } from "../i18n/format";
import { t } from "../i18n/therapist";
import type { CallPhase } from "../lib/call";
import { type Level, levelOfRoundTrip } from "../lib/level";
import { firstName } from "../lib/titles";
import type { DeviceReport, MediaProof, Proof, Session } from "../lib/types";
import { absence, STOPPED_MS } from "./other-side";
import { waitedSeconds } from "./words";

/** From arrival to a connection: longer than any handshake that succeeds, in seconds. */
const BLOCKED_AFTER_S = 20;
/** Capture, coding and what plays out in the browsers, beside the two lines, in milliseconds. */
const OWN_DELAY_MS = 70;
const HALF_SECOND_FROM_MS = 350;
const A_SECOND_FROM_MS = 750;
/** A shorter age flickers between "now" and one second. */
const SIGN_NOW_MS = 2_000;

export interface LineState {
  /** Null where nothing can be said of how good it is. */
  readonly level: Level | null;
  readonly text: string;
}

const unknown = (text: string): LineState => ({ level: null, text });
const poor = (text: string): LineState => ({ level: "poor", text });

/** One's own line, as the node measures it. */
export function ownLine(
  proof: Proof | null,
  devices: DeviceReport | null,
  phase: CallPhase | null,
): LineState {
  if (phase === "reconnecting") return poor(t("line.own_lost"));
  if (phase !== "connected" || !proof) return unknown(t("line.own_starting"));
  const missing = whatIsMissing(proof, devices, false);
  if (missing) return poor(t(missing === "mic" ? "line.own_mic" : "line.own_cam"));
  if (proof.rtt_ms === null) return unknown(t("line.own_measuring"));
  const level = levelOfRoundTrip(proof.rtt_ms);
  return {
    level,
    text: withRoute(t(level === "good" ? "line.own_ok" : `line.own_${level}`), proof),
  };
}

/**
 * The patient's line.
 *
 * @param ownRttMs Round trip of the therapist's own line, which what is said crosses as well.
 * @param now The server's time.
 */
export function otherLine(session: Session, ownRttMs: number | null, now: number): LineState {
  const name = firstName(session.patient_name);
  if (absence(session)) return unknown(t("line.absent", { name }));
  const proof = session.patient_proof;
  if (!proof?.connected) return withoutConnection(session, name, now);
  const isLongHere = session.gate_open || (waitedSeconds(session, now) ?? 0) >= BLOCKED_AFTER_S;
  const missing = whatIsMissing(proof, session.patient_devices, isLongHere);
  if (missing) return poor(t(missing === "mic" ? "line.mic" : "line.cam", { name }));
  if (proof.rtt_ms === null) return unknown(t("line.measuring", { name }));
  const level = levelOfRoundTrip(proof.rtt_ms);
  const said = level === "good" ? t("line.ok", { name }) : lateness(proof.rtt_ms, ownRttMs, name);
  return { level, text: withRoute(said, proof) };
}

/** "now", "20 sec ago": since when nothing at all came over a line. */
export function lastSign(proof: Proof | null): string {
  const age = proof?.packet_age_ms ?? null;
  if (age === null) return t("line.unknown");
  if (age < SIGN_NOW_MS) return t("line.sign_now");
  return t("line.sign_ago", { time: waitText(age / 1000) });
}

function withoutConnection(session: Session, name: string, now: number): LineState {
  const age = session.patient_proof?.packet_age_ms ?? null;
  if (age !== null || session.gate_open) {
    const isLong = age !== null && age >= SIGN_NOW_MS;
    if (!isLong) return poor(t("line.lost_now", { name }));
    return poor(t("line.lost", { name, time: waitText(age / 1000) }));
  }
  const waited = waitedSeconds(session, now) ?? 0;
  return waited < BLOCKED_AFTER_S
    ? unknown(t("line.starting", { name }))
    : poor(t("line.blocked", { name }));
}

/** What came before, or should have by now, and does not come although the device is on. */
function whatIsMissing(
  proof: MediaProof,
  devices: DeviceReport | null,
  isLongHere: boolean,
): "mic" | "cam" | null {
  const stopped = (age: number | null) => (age === null ? isLongHere : age > STOPPED_MS);
  if (devices?.microphone === "on" && stopped(proof.heard_age_ms)) return "mic";
  return devices?.camera === "on" && stopped(proof.seen_age_ms) ? "cam" : null;
}

function lateness(rttMs: number, ownRttMs: number | null, name: string): string {
  const delay = rttMs / 2 + (ownRttMs ?? 0) / 2 + OWN_DELAY_MS;
  if (delay >= A_SECOND_FROM_MS) return t("line.late_second", { name });
  return t(delay >= HALF_SECOND_FROM_MS ? "line.late_half" : "line.late", { name });
}

function withRoute(said: string, { transit }: Proof): string {
  return transit === "tcp" ? `${said} ${t("line.relay")}` : said;
}
