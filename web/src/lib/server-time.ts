/**
 * What time it is at the server, so that ages are right on a computer whose clock is not.
 *
 * Every answer narrows down how far the server's time is ahead of this page's monotonic clock.
 * Between answers that clock counts on. The computer's own clock only stands in until the first.
 */

/** An HTTP `Date` is cut to whole seconds (RFC 9110, 5.6.7). */
const DATE_PRECISION_MS = 1_000;

/** Epoch milliseconds minus monotonic milliseconds: at least, at most. */
type Offset = { readonly min: number; readonly max: number };

export class ServerTime {
  private offset: Offset | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly monotonic: () => number = () => performance.now(),
    private readonly ownClock: () => number = () => Date.now(),
  ) {}

  /** The server's time now, in epoch milliseconds. */
  now(): number {
    if (this.offset === null) return this.ownClock();
    return Math.round(this.monotonic() + (this.offset.min + this.offset.max) / 2);
  }

  /** Begin to measure an answer; pass on the HTTP `Date` that comes with it. */
  measure(): (date: string | null) => void {
    const askedAt = this.monotonic();
    return (date) => {
      const at = Date.parse(date ?? "");
      const [min, max] = [at - this.monotonic(), at + DATE_PRECISION_MS - askedAt];
      if (!Number.isNaN(at)) this.learn({ min, max });
    };
  }

  /** Take an exact instant (ISO 8601) that the server has just sent. */
  take(instant: string): void {
    const offset = Date.parse(instant) - this.monotonic();
    if (!Number.isNaN(offset)) this.learn({ min: offset, max: offset });
  }

  /** Call whenever `now` was corrected; returns the way to stop. */
  onChange(call: () => void): () => void {
    this.listeners.add(call);
    return () => this.listeners.delete(call);
  }

  private learn(found: Offset): void {
    const before = this.offset;
    const [min, max] = [
      Math.max(found.min, before?.min ?? found.min),
      Math.min(found.max, before?.max ?? found.max),
    ];
    // What contradicts it is newer: one of the clocks was set, or stood still while asleep.
    this.offset = min <= max ? { min, max } : found;
    if (before?.min === this.offset.min && before.max === this.offset.max) return;
    for (const call of [...this.listeners]) call();
  }
}

/** This page's. */
export const serverTime = new ServerTime();

/** The server's time now, in epoch milliseconds. */
export function serverNow(): number {
  return serverTime.now();
}
