/**
 * The words a page shares with control and with a media node; docs/protocol.md sections 1 to 3.
 *
 * What control says comes from its OpenAPI document (`api-types.ts`, generated) and is only named
 * here; what a media node says on the data channel is in no such document, and written here.
 */
import type { components } from "./api-types";

type Schemas = components["schemas"];

export type DeviceState = Schemas["Device"];
/** Microphone and camera, each in one word. */
export type DeviceReport = Pick<Schemas["Devices"], "microphone" | "camera">;
/** What a page says of devices that only the person or the page itself can know. */
export type OwnWord = Pick<Schemas["Devices"], "speaker" | "look">;
export type Look = Schemas["Look"];
export type Speaker = Schemas["Speaker"];
/** What a page tells the other side that it sends. */
export type SendReport = Schemas["Devices"];
/** The patient's view of a session; `waiting` covers open and held. */
export type Visit = Schemas["Visit"];
/** Whom a link is for. */
export type LinkPreview = Schemas["LinkPreview"];
export type PatientSetting = Schemas["VisitSetting"];
/** The therapist's view of a session. Instants are ISO 8601 UTC, durations seconds. */
export type Session = Schemas["Session"];
export type Proof = Schemas["Proof"];
/** TURN servers with credentials that hold for `lifetime_s` from when they were asked for. */
export type IceServers = Schemas["IceServers"];
/** Who writes, and who may be in a room. */
export type Role = Schemas["Role"];
export type ChatMessage = Schemas["ChatMessage"];
export type ChatState = Schemas["ChatState"];
/** What was written, in answer to a question. */
export type Chat = Schemas["Chat"];
/** What arrived at the node from one page, and how long ago. */
export type MediaProof = Pick<
  Proof,
  "heard_age_ms" | "level_dbfs" | "loud_age_ms" | "seen_age_ms" | "frames_per_s"
>;
/** The line of one browser to the node, both directions; "up" is from the browser to the node. */
export type LineQuality = Schemas["LineQuality"];
export type DirectionQuality = Schemas["DirectionQuality"];
export type Cause = Schemas["Cause"];
/** From when on a side's line was so, in contact. */
export type LineChange = Schemas["LineChange"];
/** By which ways a browser reached the node. */
export type ReachReport = Schemas["ReachReport"];
/** What a page says of its own last seconds; second evidence. */
export type PageWord = Schemas["PageWord"];
/** One check of a line before the call, as far as it has come. */
export type CheckReport = Schemas["CheckReport"];

/** `/api/live`, control → therapist. */
export type TherapistMessage =
  | Schemas["SessionsMessage"]
  | Schemas["SessionMessage"]
  | Schemas["MessagesMessage"]
  | Schemas["FailuresMessage"]
  | Schemas["LoggedOut"];
/** `/api/visit/live`, control → patient. */
export type PatientMessage =
  | Schemas["VisitMessage"]
  | Schemas["Hint"]
  | Schemas["Moved"]
  | Schemas["Revoked"];
/** `/api/visit/live`, patient → control. */
export type PatientReport = Schemas["DevicesMessage"];

export type ClockMessage = {
  type: "clock";
  started_at: string | number;
  elapsed_s: number;
  connected_s: number;
};
export type ClosedReason = "left" | "replaced" | "timed_out" | "failed" | "room_closed";

/** Data channel `state`, node → page. */
export type NodeMessage =
  | { type: "gate"; open: boolean }
  | { type: "cap"; video_bps: number }
  | { type: "codec"; video: string | null }
  /** Fill the line with noise for a while, to be measured. */
  | { type: "fill"; video_bps: number; for_ms: number }
  | ClockMessage
  | { type: "clock_hidden" }
  | ({ type: "media" } & MediaProof)
  /** A `LineQuality`, and a `CheckReport`, to be read; neither comes from an older node. */
  | { type: "quality" }
  | { type: "check" }
  /**
   * `paused`: it sends no picture so that its sound gets through. `weak`: its
   * line disturbs the contact. Both are absent from an older node.
   */
  | { type: "other"; connected: boolean; paused?: boolean; weak?: boolean }
  | { type: "closed"; reason: ClosedReason };

/** The three m-lines of every offer, in this order. */
export const SLOTS = ["audio", "camera", "screen"] as const;
export type Slot = (typeof SLOTS)[number];
