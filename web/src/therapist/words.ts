/** What was measured of the patient, as words. Pure but for the page's language. */
import { exactText, waitText } from "../i18n/format";
import { t } from "../i18n/therapist";
import { BLOCKED_AFTER_MS } from "../lib/call-state";
import { firstName } from "../lib/titles";
import type { DeviceState, Session } from "../lib/types";
import { absence, FRESH_MS } from "./other-side";

/** Below this the microphone sends, and nobody speaks (dBFS, RFC 6464). */
const QUIET_DBFS = -60;

export interface ProofLine {
  readonly device: "microphone" | "camera";
  /** Proven, missing for a reason the patient's page gave, or not known yet. */
  readonly level: "yes" | "no" | "soft";
  readonly text: string;
}

/**
 * Two lines, sound and picture: what the server receives, else what the page says about it.
 *
 * @param now The server's time.
 */
export function proofLines(session: Session, now: number): readonly ProofLine[] {
  return [soundLine(session, now), pictureLine(session, now)];
}

function soundLine(session: Session, now: number): ProofLine {
  const { patient_name, patient_proof: proof } = session;
  const state = session.patient_devices?.microphone ?? "unknown";
  const line = (level: ProofLine["level"], text: string) =>
    ({ device: "microphone", level, text }) as const;
  if (state !== "on" && state !== "unknown") return line(levelOf(state), microphoneText(state));
  const age = proof?.heard_age_ms ?? null;
  if (age === null)
    return line("soft", state === "on" ? waitingText(session, "mic", now) : microphoneText(state));
  if (age > FRESH_MS) return line("no", t("proof.heard_ago", { time: waitText(age / 1000) }));
  const quiet = proof?.level_dbfs != null && proof.level_dbfs < QUIET_DBFS;
  const name = firstName(patient_name);
  return line("yes", quiet ? t("proof.quiet", { name }) : t("proof.heard"));
}

function pictureLine(session: Session, now: number): ProofLine {
  const state = session.patient_devices?.camera ?? "unknown";
  const line = (level: ProofLine["level"], text: string) =>
    ({ device: "camera", level, text }) as const;
  if (state !== "on" && state !== "unknown") return line(levelOf(state), cameraText(state));
  const age = session.patient_proof?.seen_age_ms ?? null;
  if (age === null)
    return line("soft", state === "on" ? waitingText(session, "cam", now) : cameraText(state));
  if (age > FRESH_MS) return line("no", t("proof.seen_ago", { time: waitText(age / 1000) }));
  return line("yes", t("proof.seen"));
}

function levelOf(state: DeviceState): ProofLine["level"] {
  return state === "off" ? "soft" : "no";
}

function waitingText(session: Session, device: "mic" | "cam", now: number): string {
  const isConnected = session.patient_proof?.connected ?? false;
  if (!isConnected && !isBlocked(session, now)) return t("proof.connecting");
  return device === "mic" ? t("proof.mic_silent") : t("proof.cam_silent");
}

function microphoneText(state: Exclude<DeviceState, "on">): string {
  return t(`proof.mic_${state}`);
}

function cameraText(state: Exclude<DeviceState, "on">): string {
  return t(`proof.cam_${state}`);
}

/** Seconds since the patient came, at the server's time `now`; null when not here. */
export function waitedSeconds(session: Session, now: number): number | null {
  return session.waiting_since === null
    ? null
    : Math.max(0, (now - Date.parse(session.waiting_since)) / 1000);
}

/**
 * Nothing came over the patient's line although there was time enough to connect.
 *
 * @param now The server's time.
 */
export function isBlocked(session: Session, now: number): boolean {
  const { patient_proof: proof, gate_open } = session;
  if (gate_open || proof?.connected || proof?.packet_age_ms != null) return false;
  return (waitedSeconds(session, now) ?? 0) * 1_000 >= BLOCKED_AFTER_MS;
}

/** "waiting 3 min", "has just arrived", "sent back …", "left at 08:11", "Alex is reconnecting". */
export function waitingWords(session: Session, now: number): string {
  if (session.patient_reconnecting)
    return t("card.reconnecting", { name: firstName(session.patient_name) });
  if (session.gate_open) return t("card.contact");
  const away = absence(session);
  if (away) return away;
  if (session.sent_back_at) return t("card.held");
  const seconds = waitedSeconds(session, now) ?? 0;
  return seconds < 10 ? t("card.just") : t("card.waiting", { time: waitText(seconds) });
}

/** What an action on a session depends on: when it changes, an earlier failure is out of date. */
export function sessionFacts(session: Session): string {
  const { state, gate_open, patient_present, therapist_entered } = session;
  return [state, gate_open, patient_present, therapist_entered].join(" ");
}

/** How a session went or stands, in a few words; its length stands apart. */
export function outcomeWords(session: Session): string | null {
  if (session.state !== "ended") return openWords(session);
  switch (session.outcome) {
    case "no_contact":
    case "no_show":
      return t("sessions.no_contact");
    case "cancelled":
      return t("sessions.cancelled");
    case "fault":
      return t("sessions.fault");
    default:
      return lostWords(session);
  }
}

function openWords(session: Session): string {
  if (session.gate_open) return t("sessions.in_contact");
  if (session.state === "held") return t("sessions.held");
  return session.patient_present ? t("sessions.here") : t("sessions.open_now");
}

/** Time lost matters from this many seconds on. */
export const LOST_WORTH_SAYING_S = 5;

export function lostSeconds({ lost }: Pick<Session, "lost">): number {
  return lost.patient + lost.therapist + lost.server;
}

/** "5:57 lost, patient's line": whose side most of the lost time was. */
function lostWords({ lost, patient_name }: Session): string | null {
  const total = lostSeconds({ lost });
  if (total < LOST_WORTH_SAYING_S) return null;
  const time = exactText(total);
  const most = Math.max(lost.patient, lost.therapist, lost.server);
  if (most < total * 0.8) return t("sessions.lost", { time });
  if (most === lost.patient)
    return t("sessions.lost_patient", { time, name: firstName(patient_name) });
  if (most === lost.therapist) return t("sessions.lost_therapist", { time });
  return t("sessions.lost_server", { time });
}
