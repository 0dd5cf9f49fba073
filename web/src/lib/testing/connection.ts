/** A browser's peer connection and the node behind it, for tests. */
import type { Stat } from "../evidence";
import { flushPromises } from "./world";

export class FakeChannel {
  readyState = "connecting";
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly sent: string[] = [];

  constructor(
    readonly label: string,
    readonly options: RTCDataChannelInit,
  ) {}

  send(text: string): void {
    this.sent.push(text);
  }
  open(): void {
    this.readyState = "open";
    this.onopen?.();
  }
  say(data: unknown): void {
    this.onmessage?.({ data });
  }
}

type FakeEncoding = RTCRtpEncodingParameters & { codec?: { mimeType: string } };

export class FakeSender {
  track: MediaStreamTrack | null = null;
  maxBitrates: (number | undefined)[] = [];
  active: boolean | undefined;
  /** Of the video that is sent. */
  codec = "video/VP8";
  setting = false;
  private readonly encodings: RTCRtpEncodingParameters[];

  constructor(init: RTCRtpTransceiverInit) {
    this.encodings = init.sendEncodings ?? [{}];
    this.maxBitrates.push(this.encodings[0]?.maxBitrate);
  }

  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    this.track = track;
  }
  getParameters(): { encodings: RTCRtpEncodingParameters[]; codecs: { mimeType: string }[] } {
    const codecs = [{ mimeType: "video/VP8" }, { mimeType: "video/H264" }];
    return structuredClone({ encodings: this.encodings, codecs });
  }
  /** As in browsers, overlapping itself is an error. */
  async setParameters({ encodings }: { encodings: FakeEncoding[] }): Promise<void> {
    if (this.setting) throw new DOMException("overlap", "InvalidStateError");
    this.setting = true;
    await Promise.resolve();
    this.setting = false;
    this.maxBitrates.push(encodings[0]?.maxBitrate);
    this.active = encodings[0]?.active;
    this.codec = encodings[0]?.codec?.mimeType ?? "video/VP8";
  }
}

export class FakeReceiver {
  /** When the newest packet came. */
  timestamp: number | null = null;

  getSynchronizationSources(): { timestamp: number }[] {
    return this.timestamp === null ? [] : [{ timestamp: this.timestamp }];
  }
}

type FakeTransceiver = {
  mid: string;
  kind: string;
  direction: string | undefined;
  sender: FakeSender;
  receiver: FakeReceiver;
};

export class FakeConnection {
  connectionState = "new";
  iceConnectionState = "new";
  signalingState = "stable";
  localDescription: { sdp: string } | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ontrack: ((event: { transceiver: unknown; track: unknown }) => void) | null = null;
  readonly transceivers: FakeTransceiver[] = [];
  readonly channels: FakeChannel[] = [];
  readonly answers: string[] = [];
  configuration: RTCConfiguration = {};
  /** The configuration in force at each gathering. */
  readonly gatheredWith: RTCConfiguration[] = [];
  iceRestarts = 0;
  /** Whether the node sends pings back. */
  echoes = true;
  private echo = (say: () => void): void => void Promise.resolve().then(say);

  addTransceiver(kind: string, init: RTCRtpTransceiverInit): FakeTransceiver {
    const { direction } = init;
    const sender = new FakeSender(init);
    const added = {
      mid: String(this.transceivers.length),
      kind,
      direction,
      sender,
      receiver: new FakeReceiver(),
    };
    this.transceivers.push(added);
    return added;
  }
  createDataChannel(label: string, options: RTCDataChannelInit): FakeChannel {
    const channel = new FakeChannel(label, options);
    this.channels.push(channel);
    if (label === "ping") this.answerPings(channel);
    return channel;
  }
  async createOffer(): Promise<{ sdp: string }> {
    return { sdp: `offer ${this.iceRestarts}` };
  }
  async setLocalDescription(offer: { sdp: string }): Promise<void> {
    this.signalingState = "have-local-offer";
    this.gatheredWith.push(this.configuration);
    this.localDescription = offer;
  }
  async setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    this.signalingState = "stable";
    this.answers.push(sdp);
  }
  getConfiguration(): RTCConfiguration {
    return { ...this.configuration };
  }
  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }
  /** What the browser counts. */
  stats: Stat[] = [];

  async getStats(): Promise<Map<string, Stat>> {
    return new Map(this.stats.map((one) => [one.id, one]));
  }
  restartIce(): void {
    this.iceRestarts += 1;
  }
  close(): void {
    this.connectionState = "closed";
  }

  /** Let echoes take time from now on. */
  delayEchoes(after: (say: () => void) => void): void {
    this.echo = after;
  }

  channel(label: string): FakeChannel {
    return this.channels.find((channel) => channel.label === label) as FakeChannel;
  }
  /** The node answered: ICE, DTLS and the channels are up. */
  async comeUp(): Promise<void> {
    this.becomes("connected");
    for (const channel of this.channels) channel.open();
    await flushPromises();
  }
  /** @param ice Its ICE alone, where that is in another state. */
  becomes(state: string, ice = state): void {
    this.connectionState = state;
    this.iceConnectionState = ice;
    this.onconnectionstatechange?.();
  }
  say(message: object): void {
    this.channel("state").say(JSON.stringify(message));
  }
  arrive(index: number, track: unknown): void {
    this.ontrack?.({ transceiver: this.transceivers[index], track });
  }

  private answerPings(channel: FakeChannel): void {
    channel.send = (text) => {
      channel.sent.push(text);
      if (this.echoes) this.echo(() => channel.say(text));
    };
  }
}

/** A track as far as a sender cares, or a remote one that packets have reached. */
export function fakeTrack(label: string): MediaStreamTrack {
  return { label, muted: false } as MediaStreamTrack;
}

/** A remote track that no packet has reached yet; `unmute` brings the first. */
export class MutedTrack extends EventTarget {
  muted = true;

  constructor(readonly label: string) {
    super();
  }

  get asTrack(): MediaStreamTrack {
    return this as unknown as MediaStreamTrack;
  }
  unmute(): void {
    this.muted = false;
    this.dispatchEvent(new Event("unmute"));
  }
}
