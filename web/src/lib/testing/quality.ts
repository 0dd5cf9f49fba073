import type { CheckReport, DirectionQuality, LineQuality } from "../types";

/** A line that is good, but for what a test says otherwise. */
export function aQuality(part: Partial<LineQuality> = {}): LineQuality {
  return {
    level: "good",
    cause: "none",
    borderline: false,
    rtt_ms: 18,
    loaded_rtt_ms: null,
    up: aDirection(),
    down: aDirection(),
    r_factor: 90,
    delay_ms: null,
    ...part,
  };
}

export function aDirection(part: Partial<DirectionQuality> = {}): DirectionQuality {
  return {
    packets: 500,
    loss_ratio: 0,
    loss_low: 0,
    loss_high: 0.008,
    jitter_ms: 2,
    delay_variation_ms: 6,
    capacity_bps: null,
    capacity_is_bound: false,
    ...part,
  };
}

/** A check that ended a moment after the patient came. */
export function aCheck(part: Partial<CheckReport> = {}): CheckReport {
  return {
    state: "done",
    started_at: "2026-11-23T09:00:01Z",
    took_ms: 8_000,
    size_bytes: 1_200_000,
    connect_ms: 41,
    handshake_ms: 63,
    transit: "udp",
    reach: {
      udp: { state: "reached", took_ms: 23 },
      tcp: { state: "not_tried", took_ms: null },
      turn: { state: "not_tried", took_ms: null },
      in_use: "udp",
    },
    quality: aQuality(),
    microphone: "works",
    camera: "works",
    ...part,
  };
}
