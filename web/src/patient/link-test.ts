/**
 * A test of camera, microphone and connection from the link, hours before: no visit begins, nobody
 * is told. The media node checks the line by itself; what it said last stays when it is done.
 */
import { computed, signal } from "@preact/signals";
import { ApiError } from "../lib/api";
import { type Call, type CallState, NO_CALL } from "../lib/call";
import { BLOCKED_AFTER_MS } from "../lib/call-state";
import { VisitDevices } from "./visit-devices";
import type { VisitTools } from "./visit-tools";

export type Outcome =
  /** Before the first, and while the check runs. */
  | "running"
  | "done"
  /** The link was tested too often just now. */
  | "too_often"
  /** The server answers, and no media gets through. */
  | "blocked"
  | "unreachable"
  /** The link opens nothing any more, or belongs to another device. */
  | "invalid";

/** Longer than a check of the node; an older one checks nothing, and the last seconds decide. */
const ENOUGH_MS = 14_000;

export class LinkTest {
  /** The page of the test shows. */
  readonly open = signal(false);
  readonly outcome = signal<Outcome>("running");
  /** What is known of the line: live, then as it was when the test ended. */
  readonly call = signal<CallState>(NO_CALL);
  readonly devices: VisitDevices;
  readonly running = computed(() => this.outcome.value === "running");

  private media: Pick<Call, "start" | "stop" | "send"> | null = null;
  private cancelTimer: (() => void) | null = null;
  private answered = false;

  constructor(private readonly tools: VisitTools) {
    this.devices = new VisitDevices(tools);
  }

  /** The click on "Test your camera and connection". */
  begin(): void {
    if (this.open.value || this.tools.token === null) return;
    this.tools.unlockSound();
    this.open.value = true;
    this.devices.start({
      send: (slot, track) => void this.media?.send(slot, track),
      onReport: () => undefined,
    });
    this.connect(this.tools.token);
  }

  again(): void {
    if (!this.open.value || this.running.value || this.tools.token === null) return;
    this.connect(this.tools.token);
    const { audioTrack, videoTrack } = this.devices.state.value;
    void this.media?.send("audio", audioTrack);
    void this.media?.send("camera", videoTrack);
  }

  /** The click on "Back": camera and microphone go off. */
  close(): void {
    this.disconnect();
    this.devices.stop();
    this.open.value = false;
    this.call.value = NO_CALL;
  }

  private connect(token: string): void {
    this.outcome.value = "running";
    this.call.value = NO_CALL;
    this.answered = false;
    const { api } = this.tools;
    const signalling = {
      offer: (sdp: string) => this.offer(token, sdp),
      iceServers: () => api.iceServersOfTest(token),
    };
    this.media = this.tools.newTestCall(signalling, {
      onChange: (state) => this.handleCall(state),
      onClock: () => undefined,
    });
    this.media.start();
    this.after(BLOCKED_AFTER_MS, () => this.end(this.answered ? "blocked" : "unreachable"));
  }

  /** Refusals that asking again cannot help end the test; others are the call's to try again. */
  private async offer(token: string, sdp: string): Promise<string> {
    try {
      const answer = await this.tools.api.offerTest(token, sdp);
      this.answered = true;
      return answer;
    } catch (error) {
      const ending = endingOf(error);
      if (ending) this.end(ending);
      throw error;
    }
  }

  private handleCall(state: CallState): void {
    if (!this.running.value) return;
    const before = this.call.value;
    this.call.value = state;
    if (state.phase === "closed") return this.end(before.check ? "done" : "unreachable");
    if (state.phase === "connected" && before.phase === "connecting")
      this.after(ENOUGH_MS, () => this.end("done"));
    if (state.check?.state === "done") this.end("done");
  }

  private end(outcome: Exclude<Outcome, "running">): void {
    if (!this.running.value) return;
    this.outcome.value = outcome;
    this.disconnect();
  }

  private disconnect(): void {
    this.cancelTimer?.();
    this.media?.stop();
    this.cancelTimer = this.media = null;
  }

  private after(ms: number, call: () => void): void {
    this.cancelTimer?.();
    this.cancelTimer = this.tools.env.after(ms, call);
  }
}

function endingOf(error: unknown): Exclude<Outcome, "running"> | null {
  if (!(error instanceof ApiError)) return null;
  if (error.code === "slow_down") return "too_often";
  return error.code === "link_unknown" || error.code === "taken" ? "invalid" : null;
}
