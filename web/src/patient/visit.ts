/**
 * One patient's visit, from the link to the goodbye: what the pages show, and what their buttons do.
 *
 * Joins the link's token, the WebSocket, the call and the devices; holds no DOM, so that tests can
 * walk a visit with fakes. The token stays in the address until admission (an in-app browser's
 * "open in Safari" then works) and in memory after it (to continue here after another device).
 */
import { computed, signal } from "@preact/signals";
import { ApiError, type VisitApi } from "../lib/api";
import { reconnectDelay } from "../lib/backoff";
import type { Obstacle } from "../lib/browser";
import { type Call, type CallHandlers, type CallState, NO_CALL } from "../lib/call";
import { ClockFace } from "../lib/clock";
import { type Devices, type DevicesState, NO_DEVICES } from "../lib/devices";
import type { Environment } from "../lib/environment";
import { type Live, type LiveHandlers, MOVED } from "../lib/live";
import type { ClockMessage, PatientMessage, PatientReport, Visit } from "../lib/types";

export type Stage =
  | "opening"
  | "unreachable"
  | "invalid"
  /** The browser does not keep our cookie, so that control never knows this device again. */
  | "no_cookies"
  | "elsewhere"
  | "welcome"
  /** In the waiting room or in the room, as `admitted` says. */
  | "inside"
  | "moved"
  | "ended"
  | "left";

export type LiveLink = Pick<Live<PatientMessage, PatientReport>, "send" | "close">;

export type VisitTools = {
  api: Pick<VisitApi, "open" | "current" | "offer" | "leave">;
  env: Environment;
  obstacle: Obstacle | null;
  token: string | null;
  /** False where the browser says that it keeps no cookies. */
  keepsCookies(): boolean;
  /** Take the token out of the address bar. */
  dropToken(): void;
  /** This tab went through "Continue" before: a reload is not a new visit. */
  entered: { get(): boolean; set(): void };
  newLive(handlers: LiveHandlers<PatientMessage>): LiveLink;
  newCall(handlers: CallHandlers): Pick<Call, "start" | "stop" | "send">;
  newDevices(onChange: (state: DevicesState) => void): Devices;
  /** Let the page sound; called inside the click on "Continue". */
  unlockSound(): void;
  ring(): void;
};

/** So many sockets in a row that did not open, and the page asks whether the visit still is. */
const ASK_AFTER_REFUSALS = 3;

export class VisitFlow {
  readonly stage = signal<Stage>("opening");
  readonly visit = signal<Visit | null>(null);
  readonly call = signal<CallState>(NO_CALL);
  readonly devices = signal<DevicesState>(NO_DEVICES);
  /** Set at the first tick and counted on, so that pages redraw. */
  readonly ticks = signal(0);
  readonly clock = new ClockFace();

  /** The node's word is the quickest; control's holds while there is no connection. */
  readonly admitted = computed(
    () => this.call.value.gateOpen ?? this.visit.value?.state === "in_contact",
  );

  private live: LiveLink | null = null;
  private media: Pick<Call, "start" | "stop" | "send"> | null = null;
  private hardware: Devices | null = null;
  private openings = 0;
  private cancelRetry: (() => void) | null = null;
  private wasWaiting = false;
  /** Control has known this device by its cookie. */
  private recognised = false;

  constructor(private readonly tools: VisitTools) {
    this.admitted.subscribe((admitted) => this.handleAdmitted(admitted));
  }

  get obstacle(): Obstacle | null {
    return this.tools.obstacle;
  }

  /** Open the visit that the link, or else this browser's cookie, stands for. */
  async begin(takeOver = false): Promise<void> {
    const { api, token } = this.tools;
    this.cancelRetry?.();
    if (!this.tools.keepsCookies()) return this.finish("no_cookies");
    if (this.stage.value !== "unreachable") this.stage.value = "opening";
    let visit: Visit;
    try {
      visit = token === null ? await api.current() : await api.open(token, takeOver);
    } catch (error) {
      return this.handleOpenFailed(error, takeOver);
    }
    this.recognised ||= token === null;
    this.arrive(visit);
  }

  /** The click on "Continue": sound may play, devices are asked for, the call begins. */
  enter(): void {
    this.tools.unlockSound();
    this.tools.entered.set();
    this.goInside();
  }

  askDevices(kinds?: readonly ("microphone" | "camera")[]): void {
    void this.hardware?.ask(kinds);
  }

  chooseDevice(kind: "microphone" | "camera", id: string): void {
    void this.hardware?.choose(kind, id);
  }

  chooseSpeaker(id: string): void {
    this.hardware?.chooseSpeaker(id);
  }

  setMicrophone(on: boolean): void {
    if (this.devices.value.audioTrack) this.hardware?.setMicrophone(on);
    else if (on) this.askDevices(["microphone"]);
  }

  setCamera(on: boolean): void {
    void this.hardware?.setCamera(on);
  }

  /** The page is seen again: take back what a phone call took away. */
  handleVisible(): void {
    void this.hardware?.revive();
  }

  async leave(): Promise<void> {
    this.finish("left");
    // Control notices the closed socket anyway; this only says it sooner.
    await this.tools.api.leave().catch(() => undefined);
  }

  private arrive(visit: Visit): void {
    this.openings = 0;
    this.visit.value = visit;
    if (visit.state === "ended") return this.finish("ended");
    this.live = this.tools.newLive(this.listen());
    if (this.tools.obstacle === null && this.tools.entered.get()) this.goInside();
    else this.stage.value = "welcome";
  }

  private goInside(): void {
    this.stage.value = "inside";
    this.wasWaiting = !this.admitted.value;
    this.media = this.tools.newCall({
      onChange: (state) => this.handleCall(state),
      onClock: (message) => this.handleClock(message),
    });
    this.media.start();
    this.hardware = this.tools.newDevices((state) => this.handleDevices(state));
    void this.hardware.ask();
  }

  private listen(): LiveHandlers<PatientMessage> {
    return {
      onMessage: (message) => this.take(message),
      onConnected: (connected) => this.handleConnected(connected),
      onClosed: (code) => this.finish(code === MOVED ? "moved" : "invalid"),
      onRefused: (failures) => this.handleRefused(failures),
    };
  }

  private handleConnected(connected: boolean): void {
    this.recognised ||= connected;
    if (connected) this.report();
  }

  /** A refusal does not say why: the visit may be over, or the cookie was never kept. */
  private handleRefused(failures: number): void {
    if (!this.recognised || failures % ASK_AFTER_REFUSALS === 0) void this.askAgain();
  }

  private take(message: PatientMessage): void {
    if (message.type === "moved") return this.finish("moved");
    if (message.type === "revoked") return this.finish("invalid");
    if (message.type !== "visit") return;
    this.visit.value = message.visit;
    if (message.visit.state === "ended") this.finish("ended");
  }

  private handleCall(state: CallState): void {
    this.call.value = state;
    if (state.phase !== "closed") return;
    if (state.closedReason === "replaced") this.finish("moved");
    else void this.askAgain();
  }

  private handleClock(message: ClockMessage | null): void {
    if (message === null) this.clock.clear();
    else this.clock.take(message, this.tools.env.now());
    this.ticks.value += 1;
  }

  private handleDevices(state: DevicesState): void {
    const before = this.devices.value;
    this.devices.value = state;
    if (state.audioTrack !== before.audioTrack) void this.media?.send("audio", state.audioTrack);
    if (state.videoTrack !== before.videoTrack) void this.media?.send("camera", state.videoTrack);
    if (state.microphone !== before.microphone || state.camera !== before.camera) this.report();
  }

  private report(): void {
    const { microphone, camera } = this.devices.value;
    this.live?.send({ type: "devices", devices: { microphone, camera } });
  }

  private handleAdmitted(admitted: boolean): void {
    if (admitted) this.tools.dropToken();
    if (admitted && this.wasWaiting && this.stage.value === "inside") this.tools.ring();
    if (this.stage.value === "inside") this.wasWaiting = !admitted;
  }

  /** Something closed without a reason that is final: ask control how things stand. */
  private async askAgain(): Promise<void> {
    try {
      const visit = await this.tools.api.current();
      this.recognised = true;
      if (this.stage.value !== "inside" && this.stage.value !== "welcome") return;
      this.visit.value = visit;
      if (visit.state === "ended") this.finish("ended");
      else if (this.call.value.phase === "closed")
        this.later(() => {
          if (this.call.value.phase === "closed") this.media?.start();
        });
    } catch (error) {
      if (error instanceof ApiError && !error.passing) this.finish(this.refusal(error));
      else if (this.call.value.phase === "closed") this.later(() => void this.askAgain());
    }
  }

  /** Control took the link and then did not know the device: the cookie was not kept. */
  private refusal(error: ApiError): "invalid" | "no_cookies" {
    return error.code === "visit_needed" && !this.recognised ? "no_cookies" : "invalid";
  }

  private handleOpenFailed(error: unknown, takeOver: boolean): void {
    if (error instanceof ApiError && error.code === "elsewhere") {
      this.stage.value = "elsewhere";
    } else if (error instanceof ApiError && !error.passing) {
      this.finish("invalid");
    } else {
      this.stage.value = "unreachable";
      this.later(() => void this.begin(takeOver));
    }
  }

  private later(call: () => void): void {
    const delay = reconnectDelay(2 + this.openings++, this.tools.env.random());
    this.cancelRetry?.();
    this.cancelRetry = this.tools.env.after(delay, call);
  }

  /** Let everything go: camera and microphone are off when one of these pages shows. */
  private finish(stage: "moved" | "ended" | "left" | "invalid" | "no_cookies"): void {
    this.stage.value = stage;
    this.cancelRetry?.();
    this.live?.close();
    this.media?.stop();
    this.hardware?.stop();
    this.live = this.media = this.hardware = null;
    this.call.value = NO_CALL;
    this.devices.value = NO_DEVICES;
    this.clock.clear();
  }
}
