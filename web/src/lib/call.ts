/**
 * A page's media connection for a whole visit: one peer after another, kept alive.
 *
 * Pings twice a second, and more often while an echo is late or media stopped that had flowed. No
 * echo for 0.9 s, or less where media stopped or the device says that its network changed:
 * `Recovery` says what to do. The old peer stays, with its last picture, until a new one has
 * carried its first echo: whichever lives first goes on, with the same local tracks, for as long
 * as the page is open.
 *
 * Pages read one whole `CallState` and are told of every change of it.
 */
import { ApiError } from "./api";
import { BLOCKED_AFTER_MS, type CallPhase, type CallState, NO_CALL, NO_TRACKS } from "./call-state";
import { type NewConnection, newConnection } from "./connection";
import { browserEnvironment, type Environment } from "./environment";
import { Handover } from "./handover";
import { Line, type LineHandlers } from "./line";
import type { Exchange, LocalTracks } from "./peer";
import { readCheck, readQuality } from "./quality";
import { Recovery, type Step } from "./recovery";
import { Turn } from "./turn";
import {
  type ClockMessage,
  type ClosedReason,
  type IceServers,
  type NodeMessage,
  SLOTS,
  type Slot,
} from "./types";
import { LATE_PING_EVERY_MS, PING_EVERY_MS } from "./watchdog";

export { type CallPhase, type CallState, NO_CALL };

/** What a call asks of control. */
export type Signalling = {
  offer: Exchange;
  iceServers(): Promise<IceServers>;
};

export type CallHandlers = {
  onChange(state: CallState): void;
  /** A tick of the server's clock; null when the setting hides it. */
  onClock(message: ClockMessage | null): void;
};

/** How often to judge whether the line is quiet, and what is due to bring it back: milliseconds. */
const TICK_EVERY_MS = 100;
const HASTY_TICK_EVERY_MS = 50;

export class Call {
  private current: CallState = NO_CALL;
  /** The line that is, or was last, alive. */
  private line: Line | null = null;
  /** The one that is to take over with its first echo. */
  private next: Line | null = null;
  private recovery: Recovery | null = null;
  private handover: Handover | null = null;
  private readonly turn: Turn;
  private readonly lineHandlers: LineHandlers = {
    onMessage: (line, message) => this.handleMessage(line, message),
    onEcho: (line, text) => this.handleEcho(line, text),
    onReady: () => this.handleReady(),
    onFailed: (line) => this.handleFailed(line),
    onEnded: (line) => this.handleEnded(line),
    onRemoteTrack: (line, slot, track) => this.handleRemoteTrack(line, slot, track),
  };
  private readonly local: LocalTracks = { ...NO_TRACKS };
  private posted = 0;
  /** When the node answered first since `start`. */
  private answeredAt = Number.POSITIVE_INFINITY;
  private pingedAt = Number.NEGATIVE_INFINITY;
  /** The device gave reason to doubt the line since the last echo. */
  private hinted = false;
  private stopTicking: (() => void) | null = null;
  private stopListening: (() => void) | null = null;

  constructor(
    private readonly control: Signalling,
    private readonly handlers: CallHandlers,
    private readonly env: Environment = browserEnvironment,
    private readonly create: NewConnection = newConnection,
  ) {
    this.turn = new Turn(() => control.iceServers(), env);
  }

  get state(): CallState {
    return this.current;
  }

  /** Begin, or begin again after `closed`. Local tracks set before are kept. */
  start(): void {
    if (this.stopTicking !== null) return;
    this.change({ ...NO_CALL, phase: "connecting" });
    this.stopListening = this.env.onHint(() => this.handleHint());
    this.answeredAt = Number.POSITIVE_INFINITY;
    this.recovery = Recovery.first(this.env.now());
    this.tick();
  }

  /** End this page's media; nothing is told to the handlers afterwards. */
  stop(): void {
    this.end();
    this.current = NO_CALL;
  }

  /** Send this track in that slot, now and on every later connection; null sends nothing. */
  async send(slot: Slot, track: MediaStreamTrack | null): Promise<void> {
    this.local[slot] = track;
    await Promise.all([this.line, this.next].map((line) => line?.peer.send(slot, track)));
  }

  /** Judge whether the line is quiet, do what is due, ask again. */
  private tick(): void {
    this.stopTicking?.();
    const now = this.env.now();
    const stopped = this.line?.stopped(now) ?? false;
    const late = this.line?.late(now) ?? false;
    const doubtful = this.recovery === null && (this.hinted || late || stopped);
    const hasty = this.recovery !== null || doubtful;
    this.stopTicking = this.env.after(hasty ? HASTY_TICK_EVERY_MS : TICK_EVERY_MS, () =>
      this.tick(),
    );
    this.turn.renew();
    this.noticeQuiet(now);
    this.noticeBlocked(now);
    if (this.current.phase === "connected") this.line?.report(now);
    for (const step of this.recovery?.due(now) ?? []) this.take(step, now);
    if (now - this.pingedAt >= (doubtful ? LATE_PING_EVERY_MS : PING_EVERY_MS)) this.ping(now);
  }

  private noticeQuiet(now: number): void {
    if (this.current.phase !== "connected" || !this.line) return;
    if (this.line.quiet(now, this.hinted)) this.reconnect(now, true);
  }

  /** An offer that stays without an answer tells nothing of the network. */
  private noticeBlocked(now: number): void {
    const { phase, blocked } = this.current;
    if (phase !== "connecting" || blocked || !this.next?.answered) return;
    if (now - this.answeredAt >= BLOCKED_AFTER_MS) this.change({ blocked: true });
  }

  private reconnect(now: number, restartable: boolean): void {
    this.recovery ??= new Recovery(now, restartable);
    if (this.current.phase === "connected") this.change({ phase: "reconnecting" });
  }

  private ping(now: number): void {
    this.pingedAt = now;
    for (const line of [this.line, this.next]) line?.ping(now);
  }

  private take(step: Step, now: number): void {
    if (step === "offer") this.offer();
    else if (step === "check") this.checkControl(now);
    else this.restart();
  }

  private checkControl(askedAt: number): void {
    const { recovery } = this;
    void this.env.reachable().then((answered) => {
      if (answered) recovery?.reached(this.env.now());
      else recovery?.unreached(askedAt);
    });
  }

  /** The newest line that the node has answered: it dropped the others. */
  private get known(): Line | null {
    return this.next?.answered ? this.next : this.line;
  }

  private restart(): void {
    const { recovery } = this;
    const impossible = () => recovery?.lost();
    this.known?.peer.restartIce(this.turn.forRestart()).then((restarted) => {
      if (!restarted) impossible();
    }, impossible);
  }

  private offer(): void {
    this.next?.peer.close();
    this.posted += 1;
    const line = new Line(this.posted, this.lineHandlers, this.create);
    this.next = line;
    for (const slot of SLOTS) if (this.local[slot]) void line.peer.send(slot, this.local[slot]);
    line.peer
      .open((offer) => this.control.offer(offer), this.turn.ready())
      .then(
        () => this.next === line && this.handleAnswer(line),
        (error: unknown) => this.next === line && this.handleRefusal(error),
      );
  }

  private handleAnswer(line: Line): void {
    line.answered = true;
    this.answeredAt = Math.min(this.answeredAt, this.env.now());
    this.recovery?.answered(this.env.now());
    const phase = this.current.phase === "connected" ? "reconnecting" : this.current.phase;
    this.change({ phase, gateOpen: null });
  }

  private handleRefusal(error: unknown): void {
    if (error instanceof ApiError && isFinal(error)) return this.finish("refused");
    this.dropNext();
    this.recovery?.refused(this.env.now(), this.env.random());
    if (this.current.phase === "connected") this.recovery = null;
  }

  private handleMessage(line: Line, message: NodeMessage): void {
    if (message.type === "closed") return this.handleClosed(line, message.reason);
    if (message.type === "cap") return this.handleCap(line, message.video_bps);
    if (message.type === "codec") return line.peer.sendVideoAs(message.video);
    if (message.type === "fill") return line.peer.fill(message.video_bps, message.for_ms);
    if (line !== this.known) return;
    switch (message.type) {
      case "gate":
        return this.change({ gateOpen: message.open });
      case "clock":
        return this.handlers.onClock(message);
      case "clock_hidden":
        return this.handlers.onClock(null);
      case "media": {
        const { type: _, ...proof } = message;
        return this.change({ proof });
      }
      case "quality":
        return this.change({ quality: readQuality(message) });
      case "check":
        return this.change({ check: readCheck(message) });
      case "other":
        return this.change({
          otherConnected: message.connected,
          otherPaused: message.paused ?? false,
          otherWeak: message.weak ?? false,
        });
    }
  }

  private handleCap(line: Line, videoBps: number): void {
    line.peer.cap(videoBps);
    const ownPaused = videoBps === 0;
    if (line === this.known && ownPaused !== this.current.ownPaused) this.change({ ownPaused });
  }

  /** A peer that an offer of our own replaced makes way for it; another page's ends this call. */
  private handleClosed(line: Line, reason: ClosedReason): void {
    const final = reason === "replaced" || reason === "room_closed";
    if (final && !line.closedByOurselves(reason, this.posted)) this.finish(reason);
    else this.handleEnded(line);
  }

  private handleEnded(line: Line): void {
    line.ended = true;
    if (line === this.next) return this.giveUpNext();
    if (line !== this.known) return;
    this.change({ gateOpen: null });
    this.reconnect(this.env.now(), false);
    this.recovery?.lost();
    this.tick();
  }

  /** The browser found no path: a new line is of no use, the old one may find another. */
  private handleFailed(line: Line): void {
    if (line === this.next) return this.giveUpNext();
    if (line !== this.line || this.recovery !== null) return;
    this.reconnect(this.env.now(), true);
    this.tick();
  }

  private giveUpNext(): void {
    this.dropNext();
    this.recovery?.lost();
    this.recovery?.refused(this.env.now(), this.env.random());
  }

  private handleReady(): void {
    this.recovery?.iceUp(this.env.now());
    this.ping(this.env.now());
  }

  private handleRemoteTrack(line: Line, slot: Slot, track: MediaStreamTrack): void {
    if (this.line === null || this.line === line)
      this.change({ remote: { ...this.current.remote, [slot]: track } });
  }

  /** Only an echo proves the line: a browser says "connected" for seconds after it went. */
  private handleEcho(line: Line, text: string): void {
    if (!line.echo(text, this.env.now())) return;
    if (line === this.next) this.takeOver(line);
    else if (line !== this.known) return;
    else if (this.next === null) {
      this.recovery = null;
      line.posted = this.posted;
    }
    this.hinted = false;
    const { rttMs } = line;
    if (this.current.phase !== "connected" || this.current.rttMs !== rttMs)
      this.change({ phase: "connected", rttMs, blocked: false });
  }

  private takeOver(line: Line): void {
    const before = this.line;
    this.line = line;
    this.next = this.recovery = null;
    if (before === null) return;
    this.handover?.end();
    this.handover = new Handover(this.current.remote, line.remote, this.env, {
      onTrack: (slot, track) => this.change({ remote: { ...this.current.remote, [slot]: track } }),
      onEnd: () => before.peer.close(),
    });
  }

  /** Something changed: ping the line and tick at once. */
  private handleHint(): void {
    const now = this.env.now();
    this.recovery?.hint(now);
    this.hinted = true;
    this.ping(now);
    this.tick();
  }

  private finish(reason: ClosedReason | "refused"): void {
    this.end();
    this.change({ phase: "closed", closedReason: reason, gateOpen: null, remote: NO_TRACKS });
  }

  private end(): void {
    this.dropNext();
    this.handover?.end();
    this.line?.peer.close();
    this.stopTicking?.();
    this.stopListening?.();
    this.line = this.recovery = this.handover = null;
    this.hinted = false;
    this.stopTicking = this.stopListening = null;
  }

  private dropNext(): void {
    this.next?.peer.close();
    this.next = null;
  }

  private change(part: Partial<CallState>): void {
    this.current = { ...this.current, ...part };
    this.handlers.onChange(this.current);
  }
}

/** Whether asking again cannot help: the login or the visit is over. */
function isFinal(error: ApiError): boolean {
  return error.status === 401 || error.status === 403 || error.code === "ended";
}
