/** How good a line is, by what is known of it so far. Pure. */

export type Level = "good" | "fair" | "poor";

/** Round trip of one leg: PROBES.md, levels. */
const GOOD_RTT_MS = 150;
const FAIR_RTT_MS = 300;

export function levelOfRoundTrip(ms: number): Level {
  if (ms <= GOOD_RTT_MS) return "good";
  return ms <= FAIR_RTT_MS ? "fair" : "poor";
}
