/** Whether a patient's line is clearly worse than it usually is. Pure. */
import { type Judged, judge } from "../lib/quality";
import type { DirectionQuality, LineQuality, Session } from "../lib/types";
import type { UsualLine } from "./api";

const RANKS = ["good", "fair", "poor", "no_call"];
/** So many times as bad as usual is clearly worse. */
const CLEARLY = 1.5;

/**
 * A level lower than usual, and what it rests on at least 1.5 times as bad.
 *
 * @param now The server's time.
 */
export function isWorseThanUsual(session: Session, usual: UsualLine | null, now: number): boolean {
  const proof = session.patient_proof;
  if (!usual || !proof?.connected) return false;
  const judged = judge(proof, session.gate_open, now);
  if (judged.level === null || !judged.quality) return false;
  if (RANKS.indexOf(judged.level) <= RANKS.indexOf(usual.level)) return false;
  return ratio(judged, judged.quality, usual) >= CLEARLY;
}

/** How many times as bad as usual; 0 where that cannot be told. */
function ratio({ cause }: Judged, { rtt_ms, up, down }: LineQuality, usual: UsualLine): number {
  switch (cause) {
    case "delay":
      return times(rtt_ms, usual.rtt_ms);
    case "loss_up":
      return times(up.loss_ratio, usual.loss_up);
    case "loss_down":
      return times(down.loss_ratio, usual.loss_down);
    case "jitter_up":
    case "jitter_down":
      return times(worse(up, down), usual.variation_ms);
    case "capacity_up":
      return times(usual.capacity_up_bps, up.capacity_bps);
    case "capacity_down":
      return times(usual.capacity_down_bps, down.capacity_bps);
    default:
      return 0;
  }
}

function worse(up: DirectionQuality, down: DirectionQuality): number {
  return Math.max(up.delay_variation_ms ?? 0, down.delay_variation_ms ?? 0);
}

/** Of nothing, as of no loss at all, anything is many times as much. */
function times(more: number | null, less: number | null): number {
  if (more === null || less === null || more === 0) return 0;
  return more / less;
}
