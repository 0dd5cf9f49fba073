/** How good the connection of a session is, or was, by what is known of it. Pure. */
import { type Level, worstOf } from "../lib/level";
import { judge, markOf } from "../lib/quality";
import type { Proof, Session } from "../lib/types";
import { LOST_WORTH_SAYING_S, lostSeconds } from "./words";

/** Shares of the time since contact that were lost to the connection. */
const GOOD_LOST = 0.02;
const FAIR_LOST = 0.1;

/** Null where nothing is known: nobody was met, or nobody is connected yet. */
export function qualityOf(session: Session, now: number): Level | null {
  if (session.state !== "ended") return qualityNow(session, now);
  if (session.contact_at === null || session.wall_s === 0) return null;
  const lost = lostSeconds(session);
  if (lost < LOST_WORTH_SAYING_S) return "good";
  const share = lost / session.wall_s;
  if (share < GOOD_LOST) return "good";
  return share < FAIR_LOST ? "fair" : "poor";
}

/** The worse of both lines in contact, the patient's before. */
function qualityNow(session: Session, now: number): Level | null {
  const { own, other } = levelsNow(session, session.therapist_proof, now);
  return session.gate_open ? worstOf([other, own]) : other;
}

/**
 * Both lines by themselves; null for one that is not connected, and while our own server is late.
 *
 * @param own The therapist's, as far as it is known.
 */
export function levelsNow(session: Session, own: Proof | null, now: number) {
  const levelOf = (proof: Proof | null): Level | null =>
    proof?.connected ? markOf(judge(proof, session.gate_open, now).level) : null;
  return { own: levelOf(own), other: levelOf(session.patient_proof) };
}
