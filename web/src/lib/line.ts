/**
 * One peer of a call, and what the call knows of it: whether it echoes, what it receives, and
 * whether it is the one that the node knows.
 */
import type { NewConnection } from "./connection";
import { Flow } from "./flow";
import { type LocalTracks, Peer, type PeerHandlers } from "./peer";
import type { ClosedReason, Slot } from "./types";
import { Watchdog } from "./watchdog";

/** An echo that is not back after this when the network changed: quiet. */
const HINTED_QUIET_MS = 600;
/** The same while media stopped that had flowed: both are missing then. */
const STOPPED_QUIET_MS = 300;

/** A check takes ten seconds: the ways that were tried are known to its report. */
const REPORT_EVERY_MS = 4_000;

/** As a peer's, with the line that it happened on. */
export type LineHandlers = {
  [Name in keyof PeerHandlers]: (line: Line, ...args: Parameters<PeerHandlers[Name]>) => void;
};

export class Line {
  readonly peer: Peer;
  readonly remote: LocalTracks = { audio: null, camera: null, screen: null };
  /** The node has answered its offer, and so dropped every older peer of this page. */
  answered = false;
  /** The node has ended it: what still comes is an echo of the past. */
  ended = false;
  private readonly watchdog = new Watchdog();
  private readonly flow = new Flow();
  private reportedAt = Number.NEGATIVE_INFINITY;

  /** @param posted How many offers this page had posted when the node last knew this line. */
  constructor(
    public posted: number,
    handlers: LineHandlers,
    create: NewConnection,
  ) {
    this.peer = new Peer(
      {
        onMessage: (message) => handlers.onMessage(this, message),
        onEcho: (text) => handlers.onEcho(this, text),
        onReady: () => handlers.onReady(this),
        onFailed: () => handlers.onFailed(this),
        onEnded: () => handlers.onEnded(this),
        onRemoteTrack: (slot: Slot, track) => {
          this.remote[slot] = track;
          handlers.onRemoteTrack(this, slot, track);
        },
      },
      create,
    );
  }

  ping(now: number): void {
    if (this.peer.canPing) this.peer.ping(this.watchdog.ping(now));
  }

  /** Tell the node what this browser noticed, every few seconds. */
  report(now: number): void {
    if (now - this.reportedAt < REPORT_EVERY_MS) return;
    this.reportedAt = now;
    void this.peer.report();
  }

  /** Take an echo; true when it proves that the line lives. */
  echo(text: string, now: number): boolean {
    const ours = this.watchdog.echo(text, now);
    if (ours) this.flow.explain(now);
    return ours && !this.ended;
  }

  /** Look at the media; true when it flowed and has stopped without an explanation: ping. */
  stopped(now: number): boolean {
    this.flow.update(this.peer.mediaAt, now);
    return this.flow.stopped(now);
  }

  /** Whether an echo should be here by now. */
  late(now: number): boolean {
    return this.watchdog.late(now);
  }

  /** @param hinted Whether the device said that its network changed. */
  quiet(now: number, hinted: boolean): boolean {
    const hasty = hinted ? HINTED_QUIET_MS : undefined;
    return this.watchdog.quiet(now, this.flow.stopped(now) ? STOPPED_QUIET_MS : hasty);
  }

  get rttMs(): number | null {
    return this.watchdog.rttMs;
  }

  /** Whether `closed` speaks of a newer offer of this very page. */
  closedByOurselves(reason: ClosedReason, posted: number): boolean {
    return reason === "replaced" && this.posted < posted;
  }
}
