/**
 * Whether media that flowed has stopped. Pure; milliseconds.
 *
 * Sound comes every 20 ms, so a path that died shows itself here long before an echo is overdue.
 * A stop alone proves nothing, since the other side may just have muted: it is reason to ask the
 * line, whose echo explains it.
 */
const STOPPED_AFTER_MS = 200;

export class Flow {
  private newest = 0;
  private cameAt: number | null = null;

  /** @param newest Grows whenever media comes (`Peer.mediaAt`). */
  update(newest: number, now: number): void {
    if (newest <= this.newest) return;
    this.newest = newest;
    this.cameAt = now;
  }

  /** The line echoed: whatever has stopped before, it is not the line's fault. */
  explain(now: number): void {
    if (this.stopped(now)) this.cameAt = null;
  }

  /** Whether media flowed, stopped, and nobody explained it. */
  stopped(now: number): boolean {
    return this.cameAt !== null && now - this.cameAt >= STOPPED_AFTER_MS;
  }
}
