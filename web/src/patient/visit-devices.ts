/** The devices of a visit: what they are, what the person switches, and what of them is sent. */
import { signal } from "@preact/signals";
import type { Kind } from "../lib/device-access";
import { type Devices, type DevicesState, NO_DEVICES } from "../lib/devices";
import type { VisitTools } from "./visit-tools";

export type DevicesHandlers = {
  /** Send this, or nothing. */
  send(slot: "audio" | "camera", track: MediaStreamTrack | null): void;
  /** What the page says of its microphone or camera is another thing now. */
  onReport(): void;
};

export class VisitDevices {
  readonly state = signal<DevicesState>(NO_DEVICES);
  /** The patient goes on by sound alone. */
  readonly soundOnly = signal(false);

  private hardware: Devices | null = null;

  constructor(private readonly tools: Pick<VisitTools, "newDevices">) {}

  /** Ask for microphone and camera. */
  start(handlers: DevicesHandlers): void {
    this.hardware = this.tools.newDevices((state) => this.take(state, handlers));
    void this.hardware.ask();
  }

  ask(kinds?: readonly Kind[]): void {
    void this.hardware?.ask(kinds);
  }

  choose(kind: Kind, id: string): void {
    void this.hardware?.choose(kind, id);
  }

  chooseSpeaker(id: string): void {
    this.hardware?.chooseSpeaker(id);
  }

  setMicrophone(on: boolean): void {
    if (this.state.value.audioTrack) this.hardware?.setMicrophone(on);
    else if (on) this.ask(["microphone"]);
  }

  setCamera(on: boolean): void {
    void this.hardware?.setCamera(on);
  }

  /** One's own camera goes off, and the therapist's picture is not shown. */
  setSoundOnly(on: boolean): void {
    this.soundOnly.value = on;
    this.setCamera(!on);
  }

  setBlur(on: boolean): void {
    void this.hardware?.setBlur(on);
  }

  /** The page is seen again: take back what a phone call took away. */
  revive(): void {
    void this.hardware?.revive();
  }

  /** Let them go: camera and microphone are off. */
  stop(): void {
    this.hardware?.stop();
    this.hardware = null;
    this.soundOnly.value = false;
    this.state.value = NO_DEVICES;
  }

  private take(state: DevicesState, { send, onReport }: DevicesHandlers): void {
    const before = this.state.value;
    this.state.value = state;
    if (state.audioTrack !== before.audioTrack) send("audio", state.audioTrack);
    if (state.videoTrack !== before.videoTrack) send("camera", state.videoTrack);
    if (state.microphone !== before.microphone || state.camera !== before.camera) onReport();
  }
}
