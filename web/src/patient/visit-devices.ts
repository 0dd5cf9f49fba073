/** The devices of a visit: what they are, what the person switches, and what of them is sent. */
import { signal } from "@preact/signals";
import type { CameraLook } from "../lib/camera-look";
import type { Kind } from "../lib/device-access";
import { type Devices, type DevicesState, NO_DEVICES } from "../lib/devices";
import type { Look, Speaker } from "../lib/types";
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

  /** Whether the person heard the test tone, as they say. */
  readonly speaker = signal<Speaker>("untried");
  /** What this page sees of the camera's picture. */
  readonly look = signal<Look>("unknown");

  private hardware: Devices | null = null;
  private looking: Pick<CameraLook, "watch"> | null = null;
  private onReport: () => void = () => undefined;

  constructor(private readonly tools: Pick<VisitTools, "newDevices" | "newLook">) {}

  /** Ask for microphone and camera. */
  start(handlers: DevicesHandlers): void {
    this.onReport = handlers.onReport;
    this.looking = this.tools.newLook((look) => {
      this.look.value = look;
      handlers.onReport();
    });
    this.hardware = this.tools.newDevices((state) => this.take(state, handlers));
    void this.hardware.ask();
  }

  ask(kinds?: readonly Kind[]): void {
    void this.hardware?.ask(kinds);
  }

  choose(kind: Kind, id: string): void {
    void this.hardware?.choose(kind, id);
  }

  /** Nobody has heard a tone from another speaker yet. */
  chooseSpeaker(id: string): void {
    this.hardware?.chooseSpeaker(id);
    this.tellSpeaker("untried");
  }

  /** The answer to "Did you hear the tone?" */
  tellSpeaker(speaker: Speaker): void {
    if (speaker === this.speaker.value) return;
    this.speaker.value = speaker;
    this.onReport();
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
    this.onReport = () => undefined;
    this.looking?.watch(null);
    this.hardware = this.looking = null;
    this.soundOnly.value = false;
    this.speaker.value = "untried";
    this.state.value = NO_DEVICES;
  }

  private take(state: DevicesState, { send, onReport }: DevicesHandlers): void {
    const before = this.state.value;
    this.state.value = state;
    if (state.audioTrack !== before.audioTrack) send("audio", state.audioTrack);
    if (state.videoTrack !== before.videoTrack) {
      send("camera", state.videoTrack);
      this.looking?.watch(state.videoTrack);
    }
    if (state.microphone !== before.microphone || state.camera !== before.camera) onReport();
  }
}
