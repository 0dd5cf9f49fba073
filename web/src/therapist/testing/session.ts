import type { Proof, Session } from "../../lib/types";

/** A session with a patient who has just come, but for what a test says otherwise. */
export function aSession(part: Partial<Session> = {}): Session {
  return {
    id: "s1",
    patient_id: "p1",
    patient_name: "Alex M.",
    is_guest: false,
    is_first: false,
    state: "open",
    therapist_entered: false,
    patient_present: true,
    patient_reconnecting: false,
    therapist_present: false,
    patient_left_at: null,
    link_state: "valid",
    gate_open: false,
    sent_back_at: null,
    pauses: [],
    sound_first: false,
    waiting_since: "2026-11-23T09:00:00Z",
    opened_at: "2026-11-23T08:59:00Z",
    came_at: "2026-11-23T09:00:00Z",
    entered_at: null,
    contact_at: null,
    ended_at: null,
    outcome: null,
    wall_s: 0,
    connected_s: 0,
    lost: { patient: 0, therapist: 0, server: 0 },
    patient_devices: {
      microphone: "on",
      camera: "on",
      screen: false,
      hidden: false,
      speaker: "untried" as const,
      look: "unknown" as const,
    },
    therapist_devices: null,
    closing: false,
    patient_proof: aProof(),
    therapist_proof: null,
    setting: { version: 1, self_view: true, clock: true, screen: true },
    chat: { id: null, last: 0, kept: false },
    ...part,
  };
}

/** Sound and picture arrive, but for what a test says otherwise. */
export function aProof(part: Partial<Proof> = {}): Proof {
  return {
    connected: true,
    heard_age_ms: 20,
    level_dbfs: -30,
    loud_age_ms: 300,
    seen_age_ms: 40,
    frames_per_s: 30,
    rtt_ms: 12,
    transit: "udp",
    packet_age_ms: 15,
    moved_age_ms: null,
    quality: null,
    check: null,
    page: null,
    ...part,
  };
}

export { aCheck, aDirection, aQuality } from "../../lib/testing/quality";
