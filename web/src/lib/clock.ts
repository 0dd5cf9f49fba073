/**
 * The media server's clock, drawn between its ticks. Pure.
 *
 * Elapsed time runs from contact to the end, whatever happens to the line in between, so the page
 * counts it on until the server speaks again. Connected time it leaves as the server said it.
 * Durations in seconds, `now` monotonic in milliseconds.
 */
import type { ClockMessage } from "./types";

/** A tick that arrives late may say a little less than was drawn; do not draw that backwards. */
const JITTER_S = 1.5;

export class ClockFace {
  private tick: { elapsed: number; connected: number; at: number } | null = null;
  private drawn = 0;

  /** Take a tick of the server. */
  take(message: ClockMessage, now: number): void {
    this.tick = { elapsed: message.elapsed_s, connected: message.connected_s, at: now };
    if (this.drawn - message.elapsed_s > JITTER_S) this.drawn = 0;
  }

  /** The setting hides the clock, or the session is over. */
  clear(): void {
    this.tick = null;
    this.drawn = 0;
  }

  /** Elapsed seconds to draw now; null when the server has said nothing. */
  elapsed(now: number): number | null {
    if (this.tick === null) return null;
    const carried = this.tick.elapsed + (now - this.tick.at) / 1000;
    this.drawn = Math.max(this.drawn, carried);
    return this.drawn;
  }

  /** Connected seconds as the server last said them. */
  get connected(): number | null {
    return this.tick?.connected ?? null;
  }
}
