/**
 * Liveness of the path to the media node, by numbered pings that come back as they went. Pure.
 *
 * A line is quiet when several pings are out, one of them for long, and nothing came since. It is
 * never asked only how long ago the last answer came: browsers slow the timers of a hidden page, and
 * a page that did not ask is not cut off. Nor only how long a ping has been out: after an outage the
 * echoes of old pings come first. An echo that is late is asked for again at once and often, so that
 * a lost packet is soon told from a lost line, and a line that works is asked seldom.
 */

export const PING_EVERY_MS = 500;
export const LATE_PING_EVERY_MS = 100;
/** Or two round trips, where they take longer. */
export const LATE_AFTER_MS = 250;
/** Or four round trips. */
export const QUIET_AFTER_MS = 900;
/** On a line that loses 10 % each way, five pings in a row are lost once in an hour. */
const UNANSWERED = 3;

/** More pings out than this, and the eldest are forgotten (they had long made the line quiet). */
const KEPT = 64;

export class Watchdog {
  private number = 0;
  private readonly sent = new Map<number, number>();
  private lastRtt: number | null = null;
  private echoedAt = Number.NEGATIVE_INFINITY;

  /** Note that a ping leaves now; returns its text. */
  ping(now: number): string {
    this.number += 1;
    this.sent.set(this.number, now);
    if (this.sent.size > KEPT) this.sent.delete(this.number - KEPT);
    return String(this.number);
  }

  /** Take an echo; true when it answered one of ours. It answers every older ping too. */
  echo(text: string, now: number): boolean {
    const number = Number(text);
    const sentAt = this.sent.get(number);
    if (sentAt === undefined) return false;
    this.lastRtt = now - sentAt;
    this.echoedAt = now;
    for (const older of [...this.sent.keys()]) if (older <= number) this.sent.delete(older);
    return true;
  }

  /** Whether an echo should be here by now. */
  late(now: number): boolean {
    return this.waitedMs(now) >= Math.max(LATE_AFTER_MS, 2 * (this.lastRtt ?? 0));
  }

  /** Whether the line has been quiet for too long. */
  quiet(now: number, afterMs = QUIET_AFTER_MS): boolean {
    const patienceMs = Math.max(afterMs, 4 * (this.lastRtt ?? 0));
    return this.sent.size >= UNANSWERED && this.waitedMs(now) >= patienceMs;
  }

  private waitedMs(now: number): number {
    const [oldest] = this.sent.values();
    return oldest === undefined ? 0 : now - Math.max(oldest, this.echoedAt);
  }

  /** Round trip of the last echo, in milliseconds. */
  get rttMs(): number | null {
    return this.lastRtt;
  }
}
