/**
 * One patient's visit, from the link to the goodbye: what the pages show, and what their buttons do.
 *
 * Joins the link's token, the WebSocket, the call, the devices, the screen and the chat; holds no
 * DOM, so that tests can walk a visit with fakes. Opening a link only looks: mail scanners do it too. The visit is claimed,
 * and the therapist hears of it, when a person presses Continue. The token stays in the address
 * until admission (an in-app browser's "open in Safari" then works) and in memory after it (to
 * continue here after another device).
 */
import { computed, signal } from "@preact/signals";
import { ApiError } from "../lib/api";
import { reconnectDelay } from "../lib/backoff";
import type { Obstacle } from "../lib/browser";
import { type Call, type CallState, NO_CALL } from "../lib/call";
import { ClockFace } from "../lib/clock";
import { type LiveHandlers, MOVED } from "../lib/live";
import type { ClockMessage, LinkPreview, PatientMessage, Visit } from "../lib/types";
import { LinkTest } from "./link-test";
import { VisitChat } from "./visit-chat";
import { VisitCheck } from "./visit-check";
import { VisitDevices } from "./visit-devices";
import { VisitScreen } from "./visit-screen";
import type { LiveLink, Stage, VisitTools } from "./visit-tools";

/** So many sockets in a row that did not open, and the page asks by HTTP until one does. */
const ASK_AFTER_REFUSALS = 3;
/** A guest's name is missing, or holds what cannot be shown. */
const NAME_REFUSED: ReadonlySet<string> = new Set(["name_needed", "invalid_body"]);
/** Tells one link from another in the tab's storage; the rest of the token opens it, and is not kept. */
const MARK_LENGTH = 8;

export class VisitFlow {
  readonly stage = signal<Stage>("opening");
  readonly visit = signal<Visit | null>(null);
  readonly preview = signal<LinkPreview | null>(null);
  /** Who meets whom, and in which language; known before the visit is. */
  readonly who = computed<LinkPreview | null>(() => this.visit.value ?? this.preview.value);
  readonly call = signal<CallState>(NO_CALL);
  /** Continue was pressed, and control has not answered yet. */
  readonly claiming = signal(false);
  /** What a guest wants to be called; null until something was typed. */
  readonly givenName = signal<string | null>(null);
  /** Control does not take the name. */
  readonly nameRefused = signal(false);
  /** Control answers, but no WebSocket comes through. */
  readonly socketBlocked = signal(false);
  /** The two were in contact while this page was open. */
  readonly metBefore = signal(false);
  /** The therapist has sent what may help the line; until it is read and closed. */
  readonly hinted = signal(false);
  /** Whole minutes in contact, for the goodbye: known only where the clock was shown. */
  readonly minutesTogether = signal<number | null>(null);
  /** Set at the first tick and counted on, so that pages redraw. */
  readonly ticks = signal(0);
  readonly clock = new ClockFace();

  /** The node's word is the quickest; control's holds while there is no connection. */
  readonly admitted = computed(
    () => this.call.value.gateOpen ?? this.visit.value?.state === "in_contact",
  );

  readonly chat: VisitChat;
  readonly check: VisitCheck;
  readonly test: LinkTest;
  readonly screen: VisitScreen;
  readonly devices: VisitDevices;

  private live: LiveLink | null = null;
  private media: Pick<Call, "start" | "stop" | "send"> | null = null;
  private openings = 0;
  /** The goodbye under way: who comes back before it arrived would be taken to leave again. */
  private leaving: Promise<void> | null = null;
  private cancelRetry: (() => void) | null = null;
  private wasWaiting = false;
  /** Control has known this device by its cookie. */
  private recognised = false;
  /** The page is in the background. */
  private hidden = false;
  private tryAgain: () => void = () => void this.begin();

  constructor(private readonly tools: VisitTools) {
    const mayShow = () => {
      const { setting, sound_first = false } = this.visit.value ?? {};
      return this.admitted.value && !sound_first && (setting?.screen ?? false);
    };
    this.chat = new VisitChat(tools);
    this.check = new VisitCheck(tools);
    this.test = new LinkTest(tools);
    this.devices = new VisitDevices(tools);
    this.admitted.subscribe((admitted) => this.handleAdmitted(admitted));
    this.screen = new VisitScreen(tools, computed(mayShow));
  }

  get obstacle(): Obstacle | null {
    return this.tools.obstacle;
  }

  /** Whether this page still knows the link, and could begin anew with it. */
  get hasLink(): boolean {
    return this.tools.token !== null;
  }

  /** Whether the address can still be copied and opened elsewhere: until admission. */
  get linkInAddress(): boolean {
    return this.hasLink && !this.metBefore.value;
  }

  private get mark(): string {
    return this.tools.token?.slice(0, MARK_LENGTH) ?? "";
  }

  /** Look whom the link is for, or go on with the visit that this tab is in; others notice nothing. */
  async begin(): Promise<void> {
    const { api, token } = this.tools;
    this.cancelRetry?.();
    if (!this.tools.keepsCookies()) return this.finish("no_cookies");
    if (this.stage.value !== "unreachable") this.stage.value = "opening";
    try {
      const visit = await this.standing();
      if (visit) await this.speakTo(visit);
      if (visit?.joined && this.enteredBefore()) return this.goInside(visit);
      if (token !== null) this.preview.value = await this.spokenTo(api.preview(token));
      else if (visit?.state === "ended") return this.finish("ended");
      else this.visit.value = visit;
    } catch (error) {
      return this.handleFailed(error, () => void this.begin());
    }
    this.openings = 0;
    this.stage.value = "welcome";
  }

  /** The click on "Continue": sound may play, and the visit becomes this device's. */
  async enter(takeOver = false): Promise<void> {
    this.tools.unlockSound();
    await this.claim(takeOver);
  }

  /** Type what to be called. */
  giveName(name: string): void {
    this.givenName.value = name;
    this.nameRefused.value = false;
  }

  /** The page went to the background, or came back: a phone may stop its devices meanwhile. */
  setHidden(hidden: boolean): void {
    this.hidden = hidden;
    this.report();
  }

  /** The click on "Try again". */
  retry(): void {
    this.cancelRetry?.();
    this.tryAgain();
  }

  /** The patient's own choice of language, for as long as this tab is open. */
  async chooseLanguage(language: string): Promise<void> {
    this.tools.chosenLanguage.set(language);
    await this.tools.speak(language);
  }

  async leave(): Promise<void> {
    this.finish("left");
    // Control notices the closed socket anyway; this only says it sooner.
    this.leaving = this.tools.api.leave().catch(() => undefined);
    await this.leaving;
  }

  /** The visit of this browser's cookie, where it may be this tab's; null for none. */
  private async standing(): Promise<Visit | null> {
    if (this.hasLink && !this.enteredBefore()) return null;
    try {
      const visit = await this.tools.api.current();
      this.recognised = true;
      return visit;
    } catch (error) {
      if (this.hasLink && error instanceof ApiError && !error.passing) return null;
      throw error;
    }
  }

  /** Speak the patient's language before anything is said in it. */
  private speakTo({ language }: { language: string }): Promise<void> {
    return this.tools.speak(this.tools.chosenLanguage.get() ?? language);
  }

  private async spokenTo<Whom extends { language: string }>(asked: Promise<Whom>): Promise<Whom> {
    const whom = await asked;
    await this.speakTo(whom);
    return whom;
  }

  private enteredBefore(): boolean {
    const mark = this.tools.entered.get();
    return this.hasLink ? mark === this.mark : mark !== null;
  }

  private async claim(takeOver: boolean): Promise<void> {
    const { api, token } = this.tools;
    if (this.claiming.value) return;
    this.claiming.value = true;
    try {
      await this.leaving;
      const visit =
        token === null ? await api.current() : await api.open(token, takeOver, this.nameToSend());
      this.recognised ||= token === null;
      this.tools.entered.set(this.mark);
      this.goInside(visit);
    } catch (error) {
      this.handleFailed(error, () => void this.claim(takeOver));
    } finally {
      this.claiming.value = false;
    }
  }

  /** A guest's name, as typed now or given before; control needs none of a patient. */
  private nameToSend(): string | null {
    const who = this.who.value;
    return who?.is_guest ? (this.givenName.value ?? who.name).trim() || null : null;
  }

  /** Be present: the therapist sees the patient waiting from here on. */
  private goInside(visit: Visit): void {
    this.openings = 0;
    this.visit.value = visit;
    if (visit.state === "ended") return this.finish("ended");
    this.stage.value = "inside";
    this.wasWaiting = !this.admitted.value;
    this.metBefore.value = this.admitted.value;
    this.chat.start();
    this.live = this.tools.newLive(this.listen());
    this.media = this.tools.newCall({
      onChange: (state) => this.handleCall(state),
      onClock: (message) => this.handleClock(message),
    });
    this.media.start();
    const send: Call["send"] = async (slot, track) => this.media?.send(slot, track);
    this.screen.start({
      send: (track) => void send("screen", track),
      onChange: () => this.report(),
    });
    this.devices.start({
      send: (slot, track) => void send(slot, track),
      onReport: () => this.report(),
    });
  }

  private listen(): LiveHandlers<PatientMessage> {
    return {
      onMessage: (message) => this.take(message),
      onConnected: (connected) => this.handleConnected(connected),
      onClosed: (code) => this.finish(code === MOVED ? "moved" : "revoked"),
      onRefused: (failures) => this.handleRefused(failures),
    };
  }

  private handleConnected(connected: boolean): void {
    this.recognised ||= connected;
    if (!connected) return;
    this.socketBlocked.value = false;
    this.report();
  }

  /** A refusal does not say why: the visit may be over, the cookie not kept, or sockets blocked. */
  private handleRefused(failures: number): void {
    const often = failures >= ASK_AFTER_REFUSALS;
    if (this.recognised && !often) return;
    void this.askAgain().then((answered) => {
      if (answered && often) this.socketBlocked.value = true;
    });
  }

  private take(message: PatientMessage): void {
    if (message.type === "moved") return this.finish("moved");
    if (message.type === "revoked") return this.finish("revoked");
    if (message.type === "hint") this.hinted.value = true;
    if (message.type !== "visit") return;
    this.visit.value = message.visit;
    this.chat.follow(message.visit.chat);
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

  private report(): void {
    const { state, speaker, look } = this.devices;
    const { microphone, camera } = state.value;
    const screen = this.screen.track.value !== null;
    const word = { speaker: speaker.value, look: look.value };
    const devices = { microphone, camera, screen, hidden: this.hidden, ...word };
    this.live?.send({ type: "devices", devices });
  }

  private handleAdmitted(admitted: boolean): void {
    if (admitted) this.tools.dropToken();
    if (admitted) this.metBefore.value = true;
    if (admitted && this.wasWaiting && this.stage.value === "inside") this.tools.ring();
    if (this.stage.value === "inside") this.wasWaiting = !admitted;
  }

  /** Something closed without a reason that is final: ask control how things stand, true if so. */
  private async askAgain(): Promise<boolean> {
    try {
      const visit = await this.tools.api.current();
      this.recognised = true;
      if (this.stage.value !== "inside") return false;
      this.visit.value = visit;
      this.chat.follow(visit.chat);
      if (visit.state === "ended") this.finish("ended");
      else if (this.call.value.phase === "closed")
        this.later(() => {
          if (this.call.value.phase === "closed") this.media?.start();
        });
      return true;
    } catch (error) {
      if (error instanceof ApiError && !error.passing) await this.handleUnknown(error);
      else if (this.call.value.phase === "closed") this.later(() => void this.askAgain());
      return false;
    }
  }

  /** The cookie opens nothing: it was never kept, went to another device, or the link is void. */
  private async handleUnknown(error: ApiError): Promise<void> {
    const neverKept = error.code === "visit_needed" && !this.recognised;
    const reason = neverKept ? "no_cookies" : (await this.opensStill()) ? "moved" : "invalid";
    if (this.stage.value === "inside") this.finish(reason);
  }

  private async opensStill(): Promise<boolean> {
    const { api, token } = this.tools;
    if (token === null) return false;
    return api.preview(token).then(
      () => true,
      () => false,
    );
  }

  private handleFailed(error: unknown, again: () => void): void {
    if (error instanceof ApiError && error.code === "elsewhere") {
      this.stage.value = "elsewhere";
    } else if (error instanceof ApiError && error.code === "taken") {
      this.finish("taken");
    } else if (error instanceof ApiError && NAME_REFUSED.has(error.code)) {
      this.nameRefused.value = true;
      this.stage.value = "welcome";
    } else if (error instanceof ApiError && !error.passing) {
      this.finish("invalid");
    } else {
      this.stage.value = "unreachable";
      this.tryAgain = again;
      this.later(again);
    }
  }

  private later(call: () => void): void {
    const delay = reconnectDelay(2 + this.openings++, this.tools.env.random());
    this.cancelRetry?.();
    this.cancelRetry = this.tools.env.after(delay, call);
  }

  private minutesOnTheClock(): number | null {
    const elapsed = this.clock.elapsed(this.tools.env.now());
    const shown = this.visit.value?.setting.clock && elapsed !== null;
    return shown && elapsed >= 60 ? Math.floor(elapsed / 60) : null;
  }

  /** Let everything go: camera and microphone are off when one of these pages shows. */
  private finish(
    stage: "moved" | "ended" | "left" | "invalid" | "revoked" | "no_cookies" | "taken",
  ): void {
    this.stage.value = stage;
    this.minutesTogether.value = this.minutesOnTheClock();
    this.socketBlocked.value = this.hinted.value = false;
    this.cancelRetry?.();
    this.chat.stop();
    this.screen.close();
    this.live?.close();
    this.media?.stop();
    this.devices.stop();
    this.live = this.media = null;
    this.call.value = NO_CALL;
    this.clock.clear();
  }
}
