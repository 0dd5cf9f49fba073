/**
 * The words a page shares with control and with a media node; docs/protocol.md sections 1 to 3.
 *
 * Bodies of HTTP calls come from the OpenAPI document (`api-types.ts`, generated); what OpenAPI
 * cannot say, the WebSocket's and the data channel's messages, is written here.
 */

export type Role = "patient" | "therapist";

/** What the browser allowed, as the page says it. */
export type DeviceState = "unknown" | "asking" | "on" | "off" | "denied" | "missing" | "busy";
export type DeviceReport = { microphone: DeviceState; camera: DeviceState };

export type PatientSetting = { self_view: boolean; clock: boolean };
export type VisitState = "waiting" | "in_contact" | "ended";

/** The patient's view of a session; `waiting` covers open and held. */
export type Visit = {
  state: VisitState;
  name: string;
  therapist_name: string;
  language: string;
  setting: PatientSetting;
};

/** What arrived at the node from one page, and how long ago. */
export type MediaProof = {
  heard_age_ms: number | null;
  level_dbfs: number | null;
  seen_age_ms: number | null;
  frames_per_s: number;
};

export type Proof = MediaProof & { connected: boolean; rtt_ms: number | null };
export type LostTime = { patient: number; therapist: number; server: number };
export type SessionState = "open" | "in_contact" | "held" | "ended";
export type Outcome = "attended" | "no_show" | "cancelled" | "fault";

/** The therapist's view of a session. Instants are ISO 8601 UTC, durations seconds. */
export type Session = {
  id: string;
  patient_id: string;
  patient_name: string;
  state: SessionState;
  therapist_entered: boolean;
  patient_present: boolean;
  patient_reconnecting: boolean;
  therapist_present: boolean;
  gate_open: boolean;
  waiting_since: string | null;
  opened_at: string;
  contact_at: string | null;
  ended_at: string | null;
  outcome: Outcome | null;
  wall_s: number;
  connected_s: number;
  lost: LostTime;
  patient_devices: DeviceReport | null;
  patient_proof: Proof | null;
  therapist_proof: Proof | null;
  setting: PatientSetting & { version: number };
};

/** `/api/live`, control → therapist. */
export type TherapistMessage =
  | { type: "sessions"; sessions: Session[] }
  | { type: "session"; session: Session }
  | { type: "logged_out" };

/** `/api/visit/live`, control → patient. */
export type PatientMessage =
  | { type: "visit"; visit: Visit }
  | { type: "moved" }
  | { type: "revoked" };

/** `/api/visit/live`, patient → control. */
export type PatientReport = { type: "devices"; devices: DeviceReport };

export type ClockMessage = {
  type: "clock";
  started_at: string | number;
  elapsed_s: number;
  connected_s: number;
};
export type ClosedReason = "left" | "replaced" | "timed_out" | "room_closed";

/** Data channel `state`, node → page. */
export type NodeMessage =
  | { type: "gate"; open: boolean }
  | { type: "cap"; video_bps: number }
  | ClockMessage
  | { type: "clock_hidden" }
  | ({ type: "media" } & MediaProof)
  | { type: "other"; connected: boolean }
  | { type: "closed"; reason: ClosedReason };

/** The three m-lines of every offer, in this order. */
export const SLOTS = ["audio", "camera", "screen"] as const;
export type Slot = (typeof SLOTS)[number];
