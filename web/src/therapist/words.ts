/** What was measured of the patient, as words. Pure but for the page's language. */
import { exactText, waitText } from "../i18n/format";
import { t } from "../i18n/therapist";
import { firstName } from "../lib/titles";
import type { DeviceState, Proof, Session } from "../lib/types";
import { absence, FRESH_MS } from "./other-side";

/** Below this the microphone sends, and nobody speaks (dBFS, RFC 6464). */
const QUIET_DBFS = -60;

export interface ProofLine {
  readonly device: "microphone" | "camera";
  /** Proven, missing for a reason the patient's page gave, or not known yet. */
  readonly level: "yes" | "no" | "soft";
  readonly text: string;
}

type Proven = Pick<Session, "patient_name" | "patient_proof" | "patient_devices">;

/** Two lines, sound and picture: what the server receives, else what the page says about it. */
export function proofLines(session: Proven): readonly ProofLine[] {
  const name = firstName(session.patient_name);
  const proof = session.patient_proof;
  return [soundLine(name, proof, session), pictureLine(proof, session)];
}

function soundLine(name: string, proof: Proof | null, session: Proven): ProofLine {
  const state = session.patient_devices?.microphone ?? "unknown";
  const line = (level: ProofLine["level"], text: string) =>
    ({ device: "microphone", level, text }) as const;
  if (state !== "on" && state !== "unknown") return line(levelOf(state), microphoneText(state));
  const age = proof?.heard_age_ms ?? null;
  if (age === null)
    return line("soft", state === "on" ? waitingText(proof, "mic") : microphoneText(state));
  if (age > FRESH_MS) return line("no", t("proof.heard_ago", { time: waitText(age / 1000) }));
  const quiet = proof?.level_dbfs != null && proof.level_dbfs < QUIET_DBFS;
  return line("yes", quiet ? t("proof.quiet", { name }) : t("proof.heard"));
}

function pictureLine(proof: Proof | null, session: Proven): ProofLine {
  const state = session.patient_devices?.camera ?? "unknown";
  const line = (level: ProofLine["level"], text: string) =>
    ({ device: "camera", level, text }) as const;
  if (state !== "on" && state !== "unknown") return line(levelOf(state), cameraText(state));
  const age = proof?.seen_age_ms ?? null;
  if (age === null)
    return line("soft", state === "on" ? waitingText(proof, "cam") : cameraText(state));
  if (age > FRESH_MS) return line("no", t("proof.seen_ago", { time: waitText(age / 1000) }));
  return line("yes", t("proof.seen"));
}

function levelOf(state: DeviceState): ProofLine["level"] {
  return state === "off" ? "soft" : "no";
}

function waitingText(proof: Proof | null, device: "mic" | "cam"): string {
  if (!proof?.connected) return t("proof.connecting");
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
