/** How long to wait before trying again. Pure. */

const FIRST_MS = 250;
const LONGEST_MS = 5_000;

/**
 * Delay before reconnecting, in milliseconds.
 *
 * Doubles from 250 ms to 5 s. The random part spreads the pages of a restarted server, so that
 * they do not all come back in the same instant.
 *
 * @param attempt 0 for the first try after a loss.
 * @param random From 0 to below 1.
 */
export function reconnectDelay(attempt: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(full * (0.5 + random / 2));
}
