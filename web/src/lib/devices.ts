/**
 * Microphone, camera and speaker: asked for, chosen, lost and found again.
 *
 * Sound and picture are independent: whichever fails, the other goes on.
 */
import { blurOf, setBlur } from "./blur";
import {
  browserAccess,
  type Chosen,
  constraintsOf,
  type DeviceAccess,
  type Kind,
  keepChosen,
  nameOf,
  outcomeOf,
  type Refusal,
  readChosen,
  refusalOf,
} from "./device-access";
import { browserEnvironment, type Environment } from "./environment";
import type { DeviceReport, DeviceState } from "./types";

export type Choice = { id: string; label: string };

/** Whole and unchangeable; pages are told of every new one. */
export type DevicesState = DeviceReport & {
  microphones: Choice[];
  cameras: Choice[];
  /** Empty where the browser does not let pages choose. */
  speakers: Choice[];
  chosen: Chosen;
  /** Of the last "no". */
  refusal: Refusal;
  audioTrack: MediaStreamTrack | null;
  videoTrack: MediaStreamTrack | null;
  /** Whether the background is blurred; null where the browser does not let pages choose. */
  blur: boolean | null;
};

/** A track may be muted for a moment (a phone call, a lid); after this long it is asked for anew. */
const MUTED_FOR_MS = 2_000;
/** A device that something else holds is tried again this often, where nobody would be asked. */
const BUSY_RETRY_MS = 5_000;

const TRACK_OF = { microphone: "audioTrack", camera: "videoTrack" } as const;
/** Before anything was asked. */
export const NO_DEVICES: DevicesState = {
  microphone: "unknown",
  camera: "unknown",
  microphones: [],
  cameras: [],
  speakers: [],
  chosen: { microphone: null, camera: null, speaker: null },
  refusal: "page",
  audioTrack: null,
  videoTrack: null,
  blur: null,
};

export class Devices {
  private current: DevicesState;
  private stopped = false;
  /** The person's own wish: a microphone that is found again stays muted. */
  private muted = false;
  private blurred = false;
  private readonly retries = new Map<Kind, () => void>();
  private readonly relist = () => void this.handleDeviceChange();

  constructor(
    private readonly onChange: (state: DevicesState) => void,
    private readonly access: DeviceAccess = browserAccess(),
    private readonly env: Environment = browserEnvironment,
  ) {
    this.current = { ...NO_DEVICES, chosen: readChosen(access.storage) };
    access.media.addEventListener("devicechange", this.relist);
  }

  get state(): DevicesState {
    return this.current;
  }

  get report(): DeviceReport {
    return { microphone: this.current.microphone, camera: this.current.camera };
  }

  /** Ask for both in one question; where that fails, for what can still be had alone. */
  async ask(kinds: readonly Kind[] = ["microphone", "camera"]): Promise<void> {
    this.change(Object.fromEntries(kinds.map((kind) => [kind, "asking"])));
    try {
      await this.acquire(kinds);
    } catch (error) {
      await this.afterFailure(kinds, error);
    }
    await this.list();
  }

  /** Whether a question would be answered without asking the person. */
  async granted(): Promise<boolean> {
    const answers = await Promise.all([
      this.access.permission("microphone"),
      this.access.permission("camera"),
    ]);
    return answers.includes("granted");
  }

  /** Use another device, now and next time. */
  async choose(kind: Kind, id: string): Promise<void> {
    this.remember({ [kind]: id });
    // Phones open one camera at a time: let go of the old before asking for the new.
    this.release(kind);
    await this.ask([kind]);
  }

  /** Remember the speaker; the page applies it to its elements by `setSinkId`. */
  chooseSpeaker(id: string): void {
    this.remember({ speaker: id });
  }

  /** Mute keeps the track and sends silence: it is back within a packet. */
  setMicrophone(on: boolean): void {
    const { audioTrack } = this.current;
    this.muted = !on;
    if (!audioTrack) return;
    audioTrack.enabled = on;
    this.change({ microphone: on ? "on" : "off" });
  }

  /** Off releases the camera, so that its light goes out. */
  async setCamera(on: boolean): Promise<void> {
    if (on) return this.ask(["camera"]);
    this.release("camera");
    this.change({ camera: "off" });
  }

  /** Blur the background, on this camera and the next one. */
  async setBlur(on: boolean): Promise<void> {
    this.blurred = on;
    const { videoTrack } = this.current;
    if (videoTrack) await setBlur(videoTrack, on);
    this.change({ blur: blurOf(this.current.videoTrack) });
  }

  /** Look after devices that went away while the page could not: when it is seen again. */
  async revive(): Promise<void> {
    const lost = (["microphone", "camera"] as const).filter((kind) => {
      const track = this.current[TRACK_OF[kind]];
      if (track === null) return this.current[kind] === "busy";
      return track.muted || track.readyState === "ended";
    });
    if (lost.length > 0) await this.ask(lost);
  }

  stop(): void {
    this.stopped = true;
    this.access.media.removeEventListener("devicechange", this.relist);
    for (const cancel of this.retries.values()) cancel();
    this.release("microphone");
    this.release("camera");
  }

  private async acquire(kinds: readonly Kind[]): Promise<void> {
    const stream = await this.getStream(kinds);
    for (const track of stream.getTracks())
      this.keep(track.kind === "audio" ? "microphone" : "camera", track);
  }

  /** Ask the browser; a chosen device that is gone gives way to any other. */
  private async getStream(kinds: readonly Kind[]): Promise<MediaStream> {
    const { media, storage } = this.access;
    try {
      return await media.getUserMedia(constraintsOf(kinds, this.current.chosen, storage));
    } catch (error) {
      if (nameOf(error) !== "OverconstrainedError") throw error;
      return media.getUserMedia(constraintsOf(kinds, NO_DEVICES.chosen, storage));
    }
  }

  private async afterFailure(kinds: readonly Kind[], error: unknown): Promise<void> {
    const outcome = outcomeOf(error);
    if (outcome === "denied") this.change({ refusal: refusalOf(error) });
    const alone = kinds.length === 1 ? [] : await this.worthAskingAlone(kinds, outcome);
    for (const kind of kinds) {
      if (!alone.includes(kind)) this.fail(kind, outcome);
      else await this.acquire([kind]).catch((again: unknown) => this.fail(kind, outcomeOf(again)));
    }
  }

  /**
   * After "no" a device is asked for alone only where the "no" was about the other one: a person
   * who closed the question is not asked again by itself.
   */
  private async worthAskingAlone(kinds: readonly Kind[], outcome: DeviceState): Promise<Kind[]> {
    if (outcome !== "denied") return [...kinds];
    const answers = await Promise.all(kinds.map((kind) => this.access.permission(kind)));
    if (!answers.includes("denied")) return [];
    return kinds.filter((_, index) => answers[index] !== "denied");
  }

  private keep(kind: Kind, track: MediaStreamTrack): void {
    this.release(kind);
    if (this.stopped) return track.stop();
    track.addEventListener("ended", () => this.handleEnded(kind, track));
    const whenMuted = () => this.env.after(MUTED_FOR_MS, () => this.handleMuted(kind, track));
    track.addEventListener("mute", whenMuted);
    track.addEventListener("unmute", () => this.handleUnmuted(kind, track));
    track.enabled = !this.silent(kind);
    const stillBusy = track.muted && this.current[kind] === "busy";
    const state = stillBusy ? "busy" : this.stateWhenHeld(kind);
    this.change({ [kind]: state, [TRACK_OF[kind]]: track });
    if (kind === "camera" && this.blurred) void this.setBlur(true);
    else if (kind === "camera") this.change({ blur: blurOf(track) });
  }

  private silent(kind: Kind): boolean {
    return kind === "microphone" && this.muted;
  }

  private stateWhenHeld(kind: Kind): DeviceState {
    return this.silent(kind) ? "off" : "on";
  }

  /** The device was unplugged, or its permission withdrawn: take another one if there is. */
  private handleEnded(kind: Kind, track: MediaStreamTrack): void {
    if (this.current[TRACK_OF[kind]] === track && !this.stopped) void this.ask([kind]);
  }

  /** Ask anew once; where that track is mute as well, a phone call holds the device: say so. */
  private async handleMuted(kind: Kind, track: MediaStreamTrack): Promise<void> {
    if (!track.muted || this.current[TRACK_OF[kind]] !== track || this.stopped) return;
    await this.ask([kind]);
    if (this.current[TRACK_OF[kind]]?.muted) this.waitFor(kind);
  }

  /** The phone call is over, and the same track is back. */
  private handleUnmuted(kind: Kind, track: MediaStreamTrack): void {
    if (this.current[TRACK_OF[kind]] !== track || this.current[kind] !== "busy") return;
    this.change({ [kind]: this.stateWhenHeld(kind) });
  }

  /** A device was plugged in: it may be the one that was missing. */
  private async handleDeviceChange(): Promise<void> {
    await this.list();
    for (const kind of ["microphone", "camera"] as const)
      if (this.current[kind] === "missing" || this.current[kind] === "busy")
        await this.tryQuietly(kind);
  }

  private fail(kind: Kind, outcome: DeviceState): void {
    this.release(kind);
    if (outcome === "busy") this.waitFor(kind);
    else this.change({ [kind]: outcome });
  }

  /** Something else holds the device: try again now and then. */
  private waitFor(kind: Kind): void {
    this.change({ [kind]: "busy" });
    this.retries.get(kind)?.();
    const retry = async () => {
      if (this.stopped || this.current[kind] !== "busy") return;
      await this.tryQuietly(kind);
      if (this.current[kind] === "busy" || this.current[TRACK_OF[kind]]?.muted) this.waitFor(kind);
    };
    this.retries.set(
      kind,
      this.env.after(BUSY_RETRY_MS, () => void retry()),
    );
  }

  /** Take the device if it can be had without a question to the person; else all stays as it is. */
  private async tryQuietly(kind: Kind): Promise<void> {
    if ((await this.access.permission(kind)) !== "granted" || this.stopped) return;
    await this.acquire([kind]).catch(() => undefined);
  }

  private release(kind: Kind): void {
    const track = this.current[TRACK_OF[kind]];
    if (!track) return;
    this.change({ [TRACK_OF[kind]]: null });
    track.stop();
  }

  private async list(): Promise<void> {
    const found = await this.access.media.enumerateDevices().catch(() => []);
    const choices = (kind: MediaDeviceKind) =>
      found
        .filter((device) => device.kind === kind && device.deviceId !== "")
        .map(({ deviceId, label }) => ({ id: deviceId, label }));
    this.change({
      microphones: choices("audioinput"),
      cameras: choices("videoinput"),
      speakers: choices("audiooutput"),
    });
  }

  private remember(part: Partial<Chosen>): void {
    const chosen = { ...this.current.chosen, ...part };
    this.change({ chosen });
    keepChosen(this.access.storage, chosen);
  }

  private change(part: Partial<DevicesState>): void {
    this.current = { ...this.current, ...part };
    if (!this.stopped) this.onChange(this.current);
  }
}
