/**
 * One peer connection to a media node: the one place where it is set up.
 *
 * Three m-lines (audio, camera, screen), all sendrecv from the start and without a track, and two
 * data channels agreed in advance. After the first answer no offer goes to a server again: tracks
 * come and go by `replaceTrack`, and ICE restarts use the answer's spare credentials.
 * Whatever must be set before the offer (transforms, for one) is set in `open`.
 */
import { type NewConnection, newConnection } from "./connection";
import { Evidence, type Stat } from "./evidence";
import { makeNoise, type Noise } from "./noise";
import { answerWithSpare, spareCredentials } from "./sdp";
import { type NodeMessage, SLOTS, type Slot } from "./types";

/** Video of a page whose gate is closed: waiting must not eat a phone's data. */
export const WAITING_VIDEO_BPS = 150_000;
/** With a screen shown, the camera keeps this share of what the path carries. */
const CAMERA_SHARE_BESIDE_SCREEN = 0.25;

export type LocalTracks = Record<Slot, MediaStreamTrack | null>;
/** The W3C's newer member, which TypeScript's own types lack. */
type Encoding = RTCRtpEncodingParameters & { codec?: RTCRtpCodec };
/** Posts an offer and brings the answer. */
export type Exchange = (offer: string) => Promise<string>;
/** TURN servers, or none. */
export type Servers = readonly RTCIceServer[];

export type PeerHandlers = {
  onMessage(message: NodeMessage): void;
  onEcho(text: string): void;
  /** The connection is up and pings can leave. */
  onReady(): void;
  /** The browser gave this path up; an ICE restart may bring another one. */
  onFailed(): void;
  /** The node ended it, or DTLS failed: nothing brings this peer back. */
  onEnded(): void;
  onRemoteTrack(slot: Slot, track: MediaStreamTrack): void;
};

export class Peer {
  private readonly connection: RTCPeerConnection;
  private readonly transceivers: Record<Slot, RTCRtpTransceiver>;
  private readonly state: RTCDataChannel;
  private readonly pings: RTCDataChannel;
  private readonly tracks: LocalTracks = { audio: null, camera: null, screen: null };
  private answer = "";
  private spare = -1;
  /** Whether the credentials in use have carried an echo. */
  private proven = true;
  private capBps = WAITING_VIDEO_BPS;
  private videoCodec: string | null = null;
  private settingCaps: Promise<void> = Promise.resolve();
  private readonly evidence = new Evidence();
  private filling: (Noise & { videoBps: number }) | null = null;
  private closed = false;

  constructor(
    private readonly handlers: PeerHandlers,
    create: NewConnection = newConnection,
    private readonly noise: () => Noise = makeNoise,
  ) {
    this.connection = create();
    this.transceivers = {
      audio: this.connection.addTransceiver("audio", { direction: "sendrecv" }),
      camera: this.addVideo(),
      screen: this.addVideo(),
    };
    this.state = this.connection.createDataChannel("state", { negotiated: true, id: 0 });
    this.pings = this.connection.createDataChannel("ping", {
      negotiated: true,
      id: 1,
      ordered: false,
      maxRetransmits: 0,
    });
    this.listen();
  }

  /**
   * Offer, post, answer. Rejects with what `exchange` or the browser rejects with.
   *
   * The offer goes without candidates: a lite node learns our addresses from our checks, and
   * gathering takes 0.1 s, or seconds with a TURN server that does not answer.
   */
  async open(exchange: Exchange, servers: Promise<Servers>): Promise<void> {
    this.gatherWith(await servers);
    if (this.closed) return;
    const offer = await this.connection.createOffer();
    await this.connection.setLocalDescription(offer);
    const answer = await exchange(offer.sdp ?? "");
    if (this.closed) return;
    this.answer = answer;
    await this.connection.setRemoteDescription({ type: "answer", sdp: answer });
    this.applyCap();
  }

  /**
   * Restart ICE without any server.
   *
   * The next spare pair is taken only when the present one has carried something: one whose
   * restart reached nobody is as good as new, and the last one serves to the end, since the node
   * tells our restarts apart by the addresses they come from.
   *
   * @param servers With fresh credentials: a new gathering makes new allocations.
   * @returns false when it cannot be done: no answer yet, or one without spare credentials.
   */
  async restartIce(servers: Servers): Promise<boolean> {
    const spares = spareCredentials(this.answer).length;
    if (spares === 0 || this.closed) return false;
    if (this.connection.signalingState !== "stable") return true;
    if (this.proven) this.spare = Math.min(this.spare + 1, spares - 1);
    this.proven = false;
    this.gatherWith(servers);
    this.connection.restartIce();
    await this.connection.setLocalDescription(await this.connection.createOffer());
    const answer = answerWithSpare(this.answer, this.spare) ?? this.answer;
    await this.connection.setRemoteDescription({ type: "answer", sdp: answer });
    return true;
  }

  /** Send this track in that slot; null sends nothing. Never negotiates. */
  async send(slot: Slot, track: MediaStreamTrack | null): Promise<void> {
    this.tracks[slot] = track;
    if (this.closed) return;
    if (slot === "screen") this.stopFilling();
    await this.transceivers[slot].sender.replaceTrack(track).catch((error: unknown) => {
      if (!this.closed) throw error;
    });
    if (slot === "screen") this.applyCap();
  }

  /** Limit what the page sends as video, in bits per second; 0 pauses it, for the sound's sake. */
  cap(videoBps: number): void {
    this.stopFilling();
    this.capBps = videoBps;
    this.applyCap();
  }

  /**
   * Fill the line from here with noise, in the idle screen's place, so that the node can measure
   * what it carries. Ends by itself, with the next cap, or when a screen is to be shown.
   */
  fill(videoBps: number, forMs: number): void {
    if (this.closed || this.filling || this.tracks.screen) return;
    const filling = { ...this.noise(), videoBps };
    this.filling = filling;
    void this.transceivers.screen.sender.replaceTrack(filling.track).catch(() => undefined);
    this.applyCap();
    setTimeout(() => this.filling === filling && this.stopFilling(), forMs);
  }

  /** Send video as this codec ("H264"), because the other side lacks our first; null: our first. */
  sendVideoAs(codec: string | null): void {
    if (codec === this.videoCodec) return;
    this.videoCodec = codec;
    this.applyCap();
  }

  /** When the newest media came, by the browser's clock; 0 when none did. Costs next to nothing. */
  get mediaAt(): number {
    const receivers = SLOTS.map((slot) => this.transceivers[slot].receiver);
    const sources = receivers.flatMap((receiver) => receiver.getSynchronizationSources());
    return Math.max(0, ...sources.map(({ timestamp }) => timestamp));
  }

  /** Whether a ping can leave now. */
  get canPing(): boolean {
    return !this.closed && this.pings.readyState === "open";
  }

  ping(text: string): void {
    this.pings.send(text);
  }

  /** Tell the node what this browser itself noticed since the last time. */
  async report(): Promise<void> {
    const stats = await this.connection.getStats().catch(() => null);
    if (stats === null || this.closed || this.state.readyState !== "open") return;
    const all = [...stats.values()] as Stat[];
    this.state.send(JSON.stringify(this.evidence.read(all, this.transceivers.camera.mid)));
  }

  close(): void {
    this.stopFilling();
    this.closed = true;
    this.connection.close();
  }

  private stopFilling(): void {
    if (!this.filling) return;
    this.filling.stop();
    this.filling = null;
    const { sender } = this.transceivers.screen;
    void sender.replaceTrack(this.tracks.screen).catch(() => undefined);
    this.applyCap();
  }

  /** Takes effect with the next gathering. */
  private gatherWith(servers: Servers): void {
    if (this.closed) return;
    const now = this.connection.getConfiguration();
    if (servers.length === 0 && !now.iceServers?.length) return;
    this.connection.setConfiguration({ ...now, iceServers: [...servers] });
  }

  private addVideo(): RTCRtpTransceiver {
    return this.connection.addTransceiver("video", {
      direction: "sendrecv",
      sendEncodings: [{ maxBitrate: WAITING_VIDEO_BPS }],
    });
  }

  private listen(): void {
    const { connection, state, pings } = this;
    const ready = () => {
      if (connection.connectionState === "connected" && this.canPing)
        this.whileOpen(() => this.handlers.onReady());
    };
    state.onopen = ready;
    pings.onopen = ready;
    state.onclose = () => this.whileOpen(() => this.handlers.onEnded());
    connection.onconnectionstatechange = () => {
      if (connection.connectionState === "failed") this.whileOpen(() => this.tellFailure());
      else ready();
    };
    connection.ontrack = ({ transceiver, track }) => {
      const slot = SLOTS.find((each) => this.transceivers[each] === transceiver);
      if (slot) this.whileOpen(() => this.handlers.onRemoteTrack(slot, track));
    };
    state.onmessage = ({ data }) => {
      const message = readNodeMessage(data);
      if (message) this.whileOpen(() => this.handlers.onMessage(message));
    };
    pings.onmessage = ({ data }) => {
      this.proven = true;
      this.whileOpen(() => this.handlers.onEcho(String(data)));
    };
  }

  /**
   * A path that failed may be replaced by an ICE restart. Not so a handshake: Firefox 153 ends DTLS
   * for good when it cannot send from an address that went, while its ICE lives and restarts well.
   */
  private tellFailure(): void {
    if (this.connection.iceConnectionState === "failed") this.handlers.onFailed();
    else this.handlers.onEnded();
  }

  private whileOpen(call: () => void): void {
    if (!this.closed) call();
  }

  /** `setParameters` may not overlap itself, so caps are set one after another. */
  private applyCap(): void {
    this.settingCaps = this.settingCaps.then(async () => {
      const withScreen = this.tracks.screen !== null;
      const camera = withScreen ? this.capBps * CAMERA_SHARE_BESIDE_SCREEN : this.capBps;
      await this.limit(this.transceivers.camera.sender, camera);
      const screen = this.filling?.videoBps ?? this.capBps - (withScreen ? camera : 0);
      await this.limit(this.transceivers.screen.sender, screen);
    });
  }

  private async limit(sender: RTCRtpSender, maxBitrate: number): Promise<void> {
    const parameters = sender.getParameters();
    const [encoding]: Encoding[] = parameters.encodings ?? [];
    if (this.closed || !encoding) return;
    encoding.active = maxBitrate > 0;
    if (encoding.active) encoding.maxBitrate = Math.round(maxBitrate);
    const mimeType = `video/${this.videoCodec}`;
    const named = parameters.codecs?.find((codec) => codec.mimeType === mimeType);
    if (named) encoding.codec = named;
    else delete encoding.codec;
    // Rejects on a connection that closed meanwhile; the next one sets its own cap.
    await sender.setParameters(parameters).catch(() => undefined);
  }
}

/** Read a message of the `state` channel; null when it is none. */
export function readNodeMessage(data: unknown): NodeMessage | null {
  if (typeof data !== "string") return null;
  try {
    const message: unknown = JSON.parse(data);
    const typed = typeof message === "object" && message !== null && "type" in message;
    return typed ? (message as NodeMessage) : null;
  } catch {
    return null;
  }
}
