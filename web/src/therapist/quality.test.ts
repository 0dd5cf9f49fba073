import { describe, expect, it } from "vitest";
import type { Proof, Session } from "../lib/types";
import { qualityOf as judged, levelsNow } from "./quality";
import { aProof, aQuality, aSession } from "./testing/session";

const NOW = Date.parse("2026-11-23T09:06:00Z");
const qualityOf = (session: Session) => judged(session, NOW);

const met = {
  state: "ended",
  outcome: "attended",
  contact_at: "2026-11-23T09:05:00Z",
  ended_at: "2026-11-23T09:55:00Z",
  wall_s: 3000,
} as const;

function afterLosing(patient: number, therapist = 0, server = 0) {
  return qualityOf(aSession({ ...met, lost: { patient, therapist, server } }));
}

describe("both lines by themselves", () => {
  const ours = aProof({ quality: aQuality({ level: "unknown", cause: "server" }) });
  const fair = aProof({ quality: aQuality({ level: "fair", cause: "loss_up" }) });

  it("are each known, or said not to be", () => {
    const levels = (patient: Proof | null, own: Proof | null) =>
      levelsNow(aSession({ gate_open: true, patient_proof: patient }), own, NOW);
    expect(levels(fair, aProof({ quality: aQuality() }))).toEqual({ own: "good", other: "fair" });
    expect(levels(ours, { ...fair, connected: false })).toEqual({ own: null, other: null });
    expect(levels(null, null)).toEqual({ own: null, other: null });
  });
});

describe("the quality of a session", () => {
  it("is by the share that was lost once it has ended", () => {
    expect(afterLosing(0)).toBe("good");
    expect(afterLosing(59)).toBe("good");
    expect(afterLosing(20, 20, 20)).toBe("fair");
    expect(afterLosing(0, 0, 299)).toBe("fair");
    expect(afterLosing(300)).toBe("poor");
  });

  it("is not spoilt by a moment of a short session", () => {
    const lost = { patient: 3, therapist: 0, server: 0 };
    expect(qualityOf(aSession({ ...met, wall_s: 20, lost }))).toBe("good");
  });

  it("is not known where nobody was met", () => {
    expect(qualityOf(aSession({ ...met, contact_at: null, wall_s: 0 }))).toBeNull();
    expect(qualityOf(aSession({ patient_proof: null }))).toBeNull();
    expect(qualityOf(aSession({ patient_proof: aProof({ connected: false }) }))).toBeNull();
  });

  it("is by the patient's round trip while they wait, and by the longer of both in contact", () => {
    const proofs = {
      patient_proof: aProof({ rtt_ms: 12 }),
      therapist_proof: aProof({ rtt_ms: 400 }),
    };
    expect(qualityOf(aSession(proofs))).toBe("good");
    expect(qualityOf(aSession({ ...proofs, gate_open: true }))).toBe("poor");
  });

  it("is what the node judges, where it judges, whatever the round trip is", () => {
    const patient_proof = aProof({ rtt_ms: 12, quality: aQuality({ level: "fair" }) });
    expect(qualityOf(aSession({ patient_proof }))).toBe("fair");
    const weak = aProof({ quality: aQuality({ level: "no_call" }) });
    expect(qualityOf(aSession({ patient_proof: weak }))).toBe("poor");
    const ours = aQuality({ level: "unknown", cause: "server" });
    expect(qualityOf(aSession({ patient_proof: aProof({ quality: ours }) }))).toBeNull();
  });
});
