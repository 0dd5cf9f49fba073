/** When lines were checked, as words: under CONNECTION and on cards. Pure but for the language. */
import { type Instant, timeOfDay } from "../i18n/format";
import { t } from "../i18n/therapist";
import { type Level, worstOf } from "../lib/level";
import { endOf, freshCheck, isRunning, markOf } from "../lib/quality";
import type { CheckReport, Proof, Session } from "../lib/types";

export type Checked =
  | { readonly kind: "running" | "fresh"; readonly text: string }
  /** One that counts no more: when it was, and what it found. */
  | { readonly kind: "old"; readonly at: number; readonly level: Level };

/**
 * That lines are being checked, or when they were; null where one of them was not, and for an old
 * check that could not tell.
 *
 * There is one time for both, the earlier one, so that nothing is called newer than it is.
 *
 * @param own The therapist's line, as far as it is known.
 * @param askedAt When the node was last asked: stands in where it told of no check.
 * @param now The server's time.
 */
export function checked(
  session: Session,
  own: Proof | null,
  askedAt: Instant | null,
  now: number,
): Checked | null {
  const checks = [own, session.patient_proof].flatMap((of) => (of?.connected ? [of.check] : []));
  const isUnderWay = !session.gate_open && checks.some((check) => isRunning(check, now));
  if (isUnderWay) return { kind: "running", text: t("line.running") };
  const first = checks.includes(null) ? null : earliest(checks);
  if (!first) return askedAt === null ? null : fresh(askedAt);
  if (freshCheck(first, now)) return fresh(endOf(first));
  const level = worstOf(checks.map(levelOf));
  return level && { kind: "old", at: endOf(first), level };
}

function fresh(at: Instant): Checked {
  return { kind: "fresh", text: t("line.checked", { time: timeOfDay(at) }) };
}

function earliest(checks: readonly (CheckReport | null)[]): CheckReport | null {
  return checks.reduce((a, b) => (a && b && endOf(a) > endOf(b) ? b : (a ?? b)), null);
}

function levelOf(check: CheckReport | null): Level | null {
  const { level = "unknown" } = check?.quality ?? {};
  return level === "unknown" ? null : markOf(level);
}
