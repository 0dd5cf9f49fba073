/**
 * The media server's clock, drawn between its ticks. Pure.
 *
 * A page never invents time: it carries a tick on for two seconds at most and then holds still
 * until the server speaks again. Durations in seconds, `now` monotonic in milliseconds.
 */
import type { ClockMessage } from "./types";

const CARRY_ON_S = 2;
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
    const carried = this.tick.elapsed + Math.min(CARRY_ON_S, (now - this.tick.at) / 1000);
    this.drawn = Math.max(this.drawn, carried);
    return this.drawn;
  }

  /** Connected seconds as the server last said them. */
  get connected(): number | null {
    return this.tick?.connected ?? null;
  }
}
