/**
 * Why nothing is heard of the patient, in one sentence: by what the media server receives, and by
 * the patient's page where only that can know, which the sentence then says. Pure but for the
 * page's language.
 *
 * What is missing though it should come is a fault of a line, and said there (`line-words`).
 */
import { t } from "../i18n/therapist";
import { firstName } from "../lib/titles";
import type { Proof, Session } from "../lib/types";
import { absence, FRESH_MS } from "./other-side";

/** A pause between two sentences is shorter, in milliseconds. */
const QUIET_FROM_MS = 5_000;
/** For so long another network explains a break, in milliseconds. */
const MOVED_FOR_MS = 15_000;

/** Null where sound is there, or its absence is the line's. */
export function silence(session: Session): string | null {
  const proof = session.patient_proof;
  if (!proof?.connected || absence(session)) return null;
  const name = firstName(session.patient_name);
  const microphone = session.patient_devices?.microphone;
  if (microphone === "off") return t("silence.off", { name });
  if (microphone === "busy") return t("silence.held", { name });
  if (hasMoved(proof)) return t("silence.moved", { name });
  return isQuiet(proof) ? t("silence.quiet", { name }) : null;
}

/** The media server has just been reached from another address. */
export function hasMoved({ moved_age_ms }: Pick<Proof, "moved_age_ms">): boolean {
  return moved_age_ms !== null && moved_age_ms < MOVED_FOR_MS;
}

/** Packets of sound come, and none of them was loud for a while; without levels nobody knows. */
function isQuiet({ heard_age_ms, level_dbfs, loud_age_ms }: Proof): boolean {
  if (level_dbfs === null || heard_age_ms === null || heard_age_ms > FRESH_MS) return false;
  return loud_age_ms === null || loud_age_ms >= QUIET_FROM_MS;
}
