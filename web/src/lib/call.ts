/**
 * A page's media connection for a whole visit: one `Peer` after another, kept alive.
 *
 * Pings twice a second. No echo for 1.5 s: ICE restarts with the next spare credentials, without
 * any server. When that brings nothing (the node died) or no spare is left, when the browser gave
 * up, the node forgot the peer or a new one did not come up in 15 s: a new peer with a new offer
 * and the same local tracks, with back-off, for as long as the page is open. A network that comes
 * back is tried at once.
 *
 * Pages read one whole `CallState` and are told of every change of it.
 */
import { ApiError } from "./api";
import { reconnectDelay } from "./backoff";
import { browserEnvironment, type Environment } from "./environment";
import {
  type Exchange,
  type LocalTracks,
  type NewConnection,
  newConnection,
  Peer,
  type PeerHandlers,
} from "./peer";
import type { ClockMessage, ClosedReason, MediaProof, NodeMessage, Slot } from "./types";
import { PING_EVERY_MS, Watchdog } from "./watchdog";

export type CallPhase =
  /** Not begun. */
  | "idle"
  /** First connection under way. */
  | "connecting"
  /** Packets go both ways. */
  | "connected"
  /** It was connected and is being brought back. */
  | "reconnecting"
  /** Over: `closedReason` says why; only `start` begins again. */
  | "closed";

export type CallState = {
  phase: CallPhase;
  /** Why it is over; `refused` when control will not answer an offer of this page any more. */
  closedReason: ClosedReason | "refused" | null;
  /** null until the node has said so on this connection. */
  gateOpen: boolean | null;
  /** What the node hears and sees of this very page. */
  proof: MediaProof | null;
  /** Whether the other side's media connection is alive. */
  otherConnected: boolean | null;
  remote: LocalTracks;
  rttMs: number | null;
};

export type CallHandlers = {
  onChange(state: CallState): void;
  /** A tick of the server's clock; null when the setting hides it. */
  onClock(message: ClockMessage | null): void;
};

/** A peer that has not come up after this long is given up, in milliseconds. */
const GIVE_UP_MS = 15_000;
/**
 * An ICE restart that works takes 0.3 s; after this long the node itself is in doubt, and two
 * people shall see each other on another node within 5 s. In milliseconds.
 */
const RESTART_WITHIN_MS = 1_200;
/** Through the grace of a reload, two minutes, the page asks at least this often; then seldom. */
const ASK_EVERY_MS = 2_000;
const EAGER_ATTEMPTS = 60;

const NO_TRACKS: LocalTracks = { audio: null, camera: null, screen: null };
/** Before a call began. */
export const NO_CALL: CallState = {
  phase: "idle",
  closedReason: null,
  gateOpen: null,
  proof: null,
  otherConnected: null,
  remote: NO_TRACKS,
  rttMs: null,
};

export class Call {
  private current: CallState = NO_CALL;
  private peer: Peer | null = null;
  private readonly watchdog = new Watchdog();
  private readonly local: LocalTracks = { ...NO_TRACKS };
  private attempt = 0;
  private silentSince: number | null = null;
  private restartedAt: number | null = null;
  private stopTicking: (() => void) | null = null;
  private stopWaiting: (() => void) | null = null;
  private stopListening: (() => void) | null = null;

  constructor(
    private readonly exchange: Exchange,
    private readonly handlers: CallHandlers,
    private readonly env: Environment = browserEnvironment,
    private readonly create: NewConnection = newConnection,
  ) {}

  get state(): CallState {
    return this.current;
  }

  /** Begin, or begin again after `closed`. Local tracks set before are kept. */
  start(): void {
    if (this.peer !== null || this.stopWaiting !== null) return;
    this.attempt = 0;
    this.change({ ...NO_CALL, phase: "connecting" });
    this.stopListening ??= this.env.onOnline(() => this.hurry());
    this.build();
    if (this.stopTicking === null) this.tick();
  }

  /** End this page's media; nothing is told to the handlers afterwards. */
  stop(): void {
    this.end();
    this.current = NO_CALL;
  }

  /** Send this track in that slot, now and on every later connection; null sends nothing. */
  async send(slot: Slot, track: MediaStreamTrack | null): Promise<void> {
    this.local[slot] = track;
    await this.peer?.send(slot, track);
  }

  private build(): void {
    this.dropPeer();
    const peer = new Peer(this.listenTo(), this.create);
    this.peer = peer;
    this.silentSince = this.env.now();
    for (const slot of ["audio", "camera", "screen"] as const)
      if (this.local[slot]) void peer.send(slot, this.local[slot]);
    peer.open(this.exchange).catch((error: unknown) => {
      if (this.peer === peer) this.handleRefusal(error);
    });
  }

  private listenTo(): PeerHandlers {
    return {
      onMessage: (message) => this.take(message),
      onEcho: (text) => this.handleEcho(text),
      onReady: () => this.ping(this.env.now()),
      onFailed: () => this.rebuildLater(),
      onRemoteTrack: (slot, track) =>
        this.change({ remote: { ...this.current.remote, [slot]: track } }),
    };
  }

  private take(message: NodeMessage): void {
    switch (message.type) {
      case "gate":
        return this.change({ gateOpen: message.open });
      case "cap":
        return this.peer?.cap(message.video_bps);
      case "clock":
        return this.handlers.onClock(message);
      case "clock_hidden":
        return this.handlers.onClock(null);
      case "media": {
        const { type: _, ...proof } = message;
        return this.change({ proof });
      }
      case "other":
        return this.change({ otherConnected: message.connected });
      case "closed":
        return this.handleClosed(message.reason);
    }
  }

  private handleClosed(reason: ClosedReason): void {
    if (reason === "replaced" || reason === "room_closed") this.finish(reason);
    else this.rebuildLater();
  }

  private handleEcho(text: string): void {
    if (!this.watchdog.echo(text, this.env.now())) return;
    this.handleAlive();
    if (this.current.rttMs !== this.watchdog.rttMs) this.change({ rttMs: this.watchdog.rttMs });
  }

  /** Only an echo proves the line: a browser says "connected" for seconds after it went. */
  private handleAlive(): void {
    this.attempt = 0;
    this.silentSince = null;
    this.restartedAt = null;
    if (this.current.phase !== "connected") this.change({ phase: "connected" });
  }

  /** Twice a second: look whether the line is quiet, act, ask again. */
  private tick(): void {
    this.stopTicking = this.env.after(PING_EVERY_MS, () => this.tick());
    if (this.peer === null) return;
    const now = this.env.now();
    if (this.silentSince === null && this.watchdog.quiet(now)) this.handleQuiet(now);
    if (this.hopeless(now)) this.rebuildLater();
    this.ping(now);
  }

  private hopeless(now: number): boolean {
    const since = (at: number | null) => (at === null ? 0 : now - at);
    return since(this.silentSince) >= GIVE_UP_MS || since(this.restartedAt) >= RESTART_WITHIN_MS;
  }

  private ping(now: number): void {
    if (this.peer?.canPing) this.peer.ping(this.watchdog.ping(now));
  }

  private handleQuiet(now: number): void {
    this.silentSince = now;
    this.change({ phase: "reconnecting" });
    this.restart(now);
  }

  private restart(now: number): void {
    const { peer } = this;
    this.restartedAt = now;
    peer?.restartIce().then(
      (restarted) => {
        if (!restarted && this.peer === peer) this.rebuildLater();
      },
      () => {
        if (this.peer === peer) this.rebuildLater();
      },
    );
  }

  private handleRefusal(error: unknown): void {
    if (error instanceof ApiError && isFinal(error)) this.finish("refused");
    else this.rebuildLater();
  }

  private rebuildLater(): void {
    this.dropPeer();
    const wasUp = this.current.phase === "connected" || this.current.phase === "reconnecting";
    this.change({ phase: wasUp ? "reconnecting" : "connecting", gateOpen: null });
    this.stopWaiting?.();
    this.stopWaiting = this.env.after(this.nextDelay(), () => {
      this.stopWaiting = null;
      this.build();
    });
  }

  private nextDelay(): number {
    const attempt = this.attempt++;
    if (attempt === 0) return 0;
    const delay = reconnectDelay(attempt, this.env.random());
    return attempt < EAGER_ATTEMPTS ? Math.min(delay, ASK_EVERY_MS) : delay;
  }

  /** The device says that a network is there: do not wait out the back-off. */
  private hurry(): void {
    if (this.stopWaiting !== null) {
      this.stopWaiting();
      this.stopWaiting = null;
      this.build();
    } else if (this.current.phase !== "closed" && this.silentSince !== null && this.peer !== null) {
      this.restart(this.env.now());
    }
  }

  private finish(reason: ClosedReason | "refused"): void {
    this.end();
    this.change({ phase: "closed", closedReason: reason, gateOpen: null, remote: NO_TRACKS });
  }

  private end(): void {
    this.dropPeer();
    for (const stop of [this.stopTicking, this.stopWaiting, this.stopListening]) stop?.();
    this.stopTicking = this.stopWaiting = this.stopListening = null;
  }

  private dropPeer(): void {
    this.peer?.close();
    this.peer = null;
    this.silentSince = null;
    this.restartedAt = null;
    this.watchdog.reset();
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
