import { describe, expect, it } from "vitest";
import { locale } from "../i18n/core";
import type { Proof, Session } from "../lib/types";
import { otherLine } from "./line-words";
import { silence } from "./silence";
import { aProof, aSession } from "./testing/session";

locale.value = "en";

const QUIET: Partial<Proof> = { level_dbfs: -72, loud_age_ms: 6_000 };
const ALL_ON = {
  microphone: "on",
  camera: "on",
  screen: false,
  hidden: false,
  speaker: "untried" as const,
  look: "unknown" as const,
} as const;

const said = (proof: Partial<Proof>, part: Partial<Session> = {}) =>
  silence(aSession({ gate_open: true, patient_proof: aProof(proof), ...part }));
const withMicrophone = (microphone: "on" | "off" | "busy") => ({
  patient_devices: { ...ALL_ON, microphone },
});

describe("a silence", () => {
  it("is not spoken of while sound is there", () => {
    expect(said({})).toBeNull();
    expect(said({ level_dbfs: -72, loud_age_ms: 4_000 })).toBeNull();
  });

  it.each([
    ["nobody speaks", QUIET, {}, "Alex is connected and not speaking."],
    [
      "nobody ever spoke",
      { ...QUIET, loud_age_ms: null },
      {},
      "Alex is connected and not speaking.",
    ],
    [
      "muted by hand",
      QUIET,
      withMicrophone("off"),
      "Alex’s microphone is switched off, as that browser says.",
    ],
    [
      "held by a phone call",
      QUIET,
      withMicrophone("busy"),
      "A phone call, another program or the device itself keeps Alex’s microphone, as that browser says.",
    ],
    [
      "another network",
      { ...QUIET, moved_age_ms: 2_000 },
      {},
      "Alex has just changed network. Sound and picture may have stopped for a moment.",
    ],
    [
      "muted by hand on another network",
      { ...QUIET, moved_age_ms: 2_000 },
      withMicrophone("off"),
      "Alex’s microphone is switched off, as that browser says.",
    ],
    [
      "held by a phone call on another network",
      { ...QUIET, moved_age_ms: 2_000 },
      withMicrophone("busy"),
      "A phone call, another program or the device itself keeps Alex’s microphone, as that browser says.",
    ],
    ["not quiet for long enough", { level_dbfs: -72, loud_age_ms: 4_999 }, {}, null],
    [
      "quiet for long enough",
      { level_dbfs: -72, loud_age_ms: 5_000 },
      {},
      "Alex is connected and not speaking.",
    ],
    ["another network long ago", { moved_age_ms: 60_000 }, {}, null],
  ] as const)("is explained: %s", (_, proof, part, words) => {
    expect(said(proof, part)).toBe(words);
  });

  it("is the line's matter where packets stopped, or nobody is there", () => {
    expect(said({ ...QUIET, heard_age_ms: 9_000 })).toBeNull();
    expect(said({ ...QUIET, connected: false })).toBeNull();
    const gone = { gate_open: false, patient_present: false, waiting_since: null };
    expect(said(QUIET, gone)).toBeNull();
  });

  it("is not guessed where the browser sends no levels", () => {
    expect(said({ level_dbfs: null, loud_age_ms: null })).toBeNull();
  });

  it("is never shown as a fault, also in the background", () => {
    const session = aSession({
      gate_open: true,
      patient_proof: aProof(QUIET),
      patient_devices: { ...ALL_ON, hidden: true },
    });
    expect(otherLine(session, 10, 0).level).toBe("good");
    expect(silence(session)).toBe("Alex is connected and not speaking.");
  });
});

describe("a page in the background", () => {
  const line = (proof: Partial<Proof>) =>
    otherLine(
      aSession({
        gate_open: true,
        patient_devices: { ...ALL_ON, hidden: true },
        patient_proof: aProof(proof),
      }),
      10,
      0,
    );

  it("explains sound and picture that stopped", () => {
    expect(line({ heard_age_ms: 9_000 }).text).toBe(
      "Alex’s page is in the background, as that browser says, and no sound arrives. Ask Alex to open it again.",
    );
    expect(line({ seen_age_ms: 9_000 }).text).toBe(
      "Alex’s page is in the background, as that browser says, and no picture arrives. Ask Alex to open it again.",
    );
  });

  it("is no fault of its line", () => {
    expect(line({ heard_age_ms: 9_000 }).level).toBe("good");
    expect(line({ seen_age_ms: 9_000, rtt_ms: 400 }).level).toBe("poor");
  });
});
