/** How good a line is, by what is known of it: PROBES.md, levels. Pure. */
import type { DirectionQuality } from "./types";

export type Level = "good" | "fair" | "poor";

/** Up to here a line is good, and up to here it is fair. */
type Bounds = readonly [good: number, fair: number];

/** Round trip of one leg, in milliseconds. */
const RTT_MS: Bounds = [150, 300];
/** Of the packets of one direction. */
const LOSS_RATIO: Bounds = [0.01, 0.03];
/** 95th percentile, in milliseconds. */
const DELAY_VARIATION_MS: Bounds = [30, 60];
/** What one direction carries at least. */
const CAPACITY_BPS: Bounds = [1_200_000, 500_000];

const WORST: readonly Level[] = ["poor", "fair", "good"];

export function levelOfRoundTrip(ms: number): Level {
  return levelUpTo(ms, RTT_MS);
}

/** One direction by itself; null where too little came to tell. The round trip is of both. */
export function levelOfDirection(direction: DirectionQuality): Level | null {
  const { loss_ratio, delay_variation_ms, capacity_bps, capacity_is_bound } = direction;
  const levels: Level[] = [];
  if (loss_ratio !== null) levels.push(levelUpTo(loss_ratio, LOSS_RATIO));
  if (delay_variation_ms !== null) levels.push(levelUpTo(delay_variation_ms, DELAY_VARIATION_MS));
  if (capacity_bps !== null && !capacity_is_bound)
    levels.push(levelUpTo(-capacity_bps, [-CAPACITY_BPS[0], -CAPACITY_BPS[1]]));
  return worstOf(levels);
}

/** The worst decides; null where there is none. */
export function worstOf(levels: readonly (Level | null)[]): Level | null {
  return WORST.find((level) => levels.includes(level)) ?? null;
}

function levelUpTo(value: number, [good, fair]: Bounds): Level {
  if (value <= good) return "good";
  return value <= fair ? "fair" : "poor";
}
