/** Where a visit can stand, and everything around it that it uses; tests bring their own. */
import type { VisitApi } from "../lib/api";
import type { Obstacle } from "../lib/browser";
import type { Call, CallHandlers, Signalling } from "../lib/call";
import type { CameraLook } from "../lib/camera-look";
import type { Chat, ChatView } from "../lib/chat";
import type { Devices, DevicesState } from "../lib/devices";
import type { Environment } from "../lib/environment";
import type { Live, LiveHandlers } from "../lib/live";
import type { Screen, ScreenHandlers } from "../lib/screen";
import type { Look, PatientMessage, PatientReport } from "../lib/types";

export type Stage =
  | "opening"
  | "unreachable"
  | "invalid"
  /** The therapist revoked the link while this page was in the visit. */
  | "revoked"
  /** The browser does not keep our cookie, so that control never knows this device again. */
  | "no_cookies"
  | "elsewhere"
  /** A one-time link, and another device was the first. */
  | "taken"
  | "welcome"
  /** In the waiting room or in the room, as `admitted` says. */
  | "inside"
  | "moved"
  | "ended"
  | "left";

export type LiveLink = Pick<Live<PatientMessage, PatientReport>, "send" | "close">;

export type Writing = Pick<Chat, "start" | "stop" | "follow" | "look" | "say" | "again">;

/** What shows the screen. */
export type Showing = Pick<Screen, "show" | "stop" | "close">;

export type VisitTools = {
  api: Pick<VisitApi, "preview" | "open" | "current" | "offer" | "check" | "leave"> &
    Pick<VisitApi, "offerTest" | "iceServersOfTest">;
  env: Environment;
  obstacle: Obstacle | null;
  token: string | null;
  /** False where the browser says that it keeps no cookies. */
  keepsCookies(): boolean;
  /** Take the token out of the address bar. */
  dropToken(): void;
  /** The mark of the link with which this tab went through "Continue": a reload is no new visit. */
  entered: { get(): string | null; set(mark: string): void };
  newLive(handlers: LiveHandlers<PatientMessage>): LiveLink;
  newCall(handlers: CallHandlers): Pick<Call, "start" | "stop" | "send">;
  /** A call of its own, for a test from the link. */
  newTestCall(
    signalling: Signalling,
    handlers: CallHandlers,
  ): Pick<Call, "start" | "stop" | "send">;
  newDevices(onChange: (state: DevicesState) => void): Devices;
  newLook(onChange: (look: Look) => void): Pick<CameraLook, "watch">;
  newScreen(handlers: ScreenHandlers): Showing;
  newChat(onChange: (view: ChatView) => void): Writing;
  /** The language that was chosen on this page, in this tab; it goes before the therapist's choice. */
  chosenLanguage: { get(): string | null; set(language: string): void };
  /** Speak a language as soon as its words are here; never rejects. */
  speak(language: string): Promise<void>;
  /** Let the page sound; called inside the click on "Continue". */
  unlockSound(): void;
  ring(): void;
};
