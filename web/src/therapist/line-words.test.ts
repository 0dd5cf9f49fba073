import { afterEach, describe, expect, it } from "vitest";
import { locale } from "../i18n/core";
import type { DeviceState, Proof, Session } from "../lib/types";
import { lastSign, otherLine, ownLine } from "./line-words";
import { aProof, aSession } from "./testing/session";

locale.value = "en";
afterEach(() => {
  locale.value = "en";
});

const CAME = Date.parse("2026-11-23T09:00:00Z");
const AT = CAME + 5_000;
const LATER = CAME + 25_000;
const BOTH_ON = { microphone: "on", camera: "on" } as const;

const other = (part: Partial<Session>, own: number | null = 12, now = AT) => {
  const { level, text } = otherLine(aSession(part), own, now);
  return `${level}: ${text}`;
};
const withProof = (part: Partial<Proof>, own: number | null = 12) =>
  other({ patient_proof: aProof(part) }, own);

describe("the patient’s line", () => {
  it("is good when its round trip is", () => {
    expect(other({})).toBe("good: Alex’s connection is good.");
  });

  it("is not called good before it was measured", () => {
    expect(withProof({ rtt_ms: null })).toBe(
      "null: Alex is connected. The first measurement is on its way.",
    );
  });

  it("says how late the therapist is heard, over both lines", () => {
    expect(withProof({ rtt_ms: 200 })).toBe("fair: Alex hears you a little late.");
    expect(withProof({ rtt_ms: 400 }, 200)).toBe(
      "poor: Alex hears you about half a second late. Leave longer pauses.",
    );
    expect(withProof({ rtt_ms: 1_200 }, 200)).toBe(
      "poor: Alex hears you about a second late. Leave longer pauses.",
    );
  });

  it("says that it goes by the backup route", () => {
    expect(withProof({ transit: "tcp" })).toBe(
      "good: Alex’s connection is good. Connected by the slower backup route.",
    );
  });

  it("names the device from which nothing comes any more", () => {
    expect(withProof({ heard_age_ms: 9_000 })).toBe(
      "poor: Nothing arrives from Alex’s microphone.",
    );
    expect(withProof({ seen_age_ms: 9_000 })).toBe("poor: No picture arrives from Alex’s camera.");
    const never = { patient_proof: aProof({ heard_age_ms: null }) };
    expect(other(never)).toMatch("good");
    expect(other(never, 12, LATER)).toBe("poor: Nothing arrives from Alex’s microphone.");
  });

  it.each(["off", "denied", "missing"] as const)(
    "is not blamed for a microphone that is %s",
    (microphone: DeviceState) => {
      const patient_devices = { microphone, camera: "on" as const, screen: false };
      expect(other({ patient_devices, patient_proof: aProof({ heard_age_ms: 9_000 }) })).toBe(
        "good: Alex’s connection is good.",
      );
    },
  );

  it("takes a silence for no fault", () => {
    expect(withProof({ level_dbfs: -90 })).toBe("good: Alex’s connection is good.");
  });

  it("tells being connected from being blocked by a network", () => {
    const nothing = { patient_proof: null };
    expect(other(nothing)).toBe("null: Alex is being connected.");
    expect(other(nothing, 12, LATER)).toBe(
      "poor: No sound or picture gets through from Alex. The network there may block video calls.",
    );
  });

  it("says since when there was no sign of a line that is lost", () => {
    const lost = (packet_age_ms: number) =>
      other({ patient_proof: aProof({ connected: false, packet_age_ms }) }, 12, LATER);
    expect(lost(1_500)).toBe("poor: Alex is reconnecting.");
    expect(lost(41_000)).toBe(
      "poor: Alex is reconnecting. Last sign of the connection: 40 sec ago.",
    );
  });

  it("is not judged while nobody is there", () => {
    const away = { patient_present: false, patient_proof: null, waiting_since: null };
    expect(other(away)).toBe("null: Alex is not here, so there is nothing to check.");
  });

  it("is told in Italian as the glossary has it", () => {
    locale.value = "it";
    expect(other({})).toBe("good: La connessione di Alex è buona.");
    expect(withProof({ rtt_ms: 500 }, 200)).toBe(
      "poor: Alex La sente con circa mezzo secondo di ritardo. Lasci pause più lunghe.",
    );
  });
});

describe("one’s own line", () => {
  const own = (part: Partial<Proof>, phase: Parameters<typeof ownLine>[2] = "connected") => {
    const { level, text } = ownLine(aProof(part), BOTH_ON, phase);
    return `${level}: ${text}`;
  };

  it("is said by its round trip, when there is one", () => {
    expect(own({})).toBe("good: Your connection is good.");
    expect(own({ rtt_ms: 200 })).toBe("fair: Your own connection is a little slow.");
    expect(own({ rtt_ms: 400 })).toBe("poor: Your own connection is slow. Leave longer pauses.");
    expect(own({ rtt_ms: null })).toMatch("null: You are connected.");
    expect(own({ transit: "tcp" })).toMatch("backup route");
  });

  it("is lost, or not there yet, whatever was measured before", () => {
    expect(own({}, "reconnecting")).toBe("poor: Your connection is lost and being restored.");
    expect(own({}, "connecting")).toBe("null: You are being connected.");
    expect(ownLine(null, BOTH_ON, "connected").level).toBeNull();
  });

  it("names the device from which nothing comes any more", () => {
    expect(own({ heard_age_ms: 9_000 })).toBe("poor: No sound arrives from your microphone.");
    expect(own({ seen_age_ms: 9_000 })).toBe("poor: No picture arrives from your camera.");
  });
});

it("tells the last sign of a line with its age", () => {
  expect(lastSign(aProof({ packet_age_ms: 300 }))).toBe("now");
  expect(lastSign(aProof({ packet_age_ms: 41_000 }))).toBe("40 sec ago");
  expect(lastSign(aProof({ packet_age_ms: null }))).toBe("not known yet");
});
