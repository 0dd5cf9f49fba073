import { afterEach, expect, test } from "vitest";
import { locale } from "../i18n/core";
import type { Both } from "./line-numbers";
import { reportJson, reportText } from "./line-report";
import { otherLine, ownLine } from "./line-words";
import { aCheck, aDirection, aProof, aQuality, aSession } from "./testing/session";

locale.value = "en";
afterEach(() => {
  locale.value = "en";
});

const NOW = Date.parse("2026-11-23T09:00:20Z");
const own = aProof({ quality: aQuality() });
const weak = aQuality({
  level: "fair",
  cause: "capacity_up",
  rtt_ms: 61,
  loaded_rtt_ms: 240,
  up: aDirection({ loss_ratio: 0.003, loss_high: 0.011, capacity_bps: 610_000, jitter_ms: 4 }),
  down: aDirection({ jitter_ms: null, capacity_bps: 2_400_000, capacity_is_bound: true }),
});
const session = aSession({
  patient_name: "Alex Secretsurname",
  patient_proof: aProof({ quality: aQuality({ rtt_ms: 61 }), check: aCheck({ quality: weak }) }),
});

function made() {
  const devices = { microphone: "on", camera: "on" } as const;
  const both: Both = {
    contact: false,
    own: { name: "You", proof: own, devices },
    other: {
      name: "Alex",
      proof: session.patient_proof,
      devices: { ...devices, look: "black", speaker: "heard" },
    },
    now: NOW,
  };
  const said = {
    own: ownLine(session, own, devices, { phase: "connected" }, NOW),
    other: otherLine(session, 18, NOW),
  };
  return { text: reportText(both, said), json: JSON.parse(reportJson(both, said)) };
}

test("the report says both lines in words and numbers, up and down apart", () => {
  const { text } = made();
  expect(text).toMatch(/^Connection report\n23 November 2026 .* · Visavis \d/);
  expect(text).toContain("You (good): Your connection is good.");
  expect(text).toContain(
    "Alex (fair): The picture will be small: Alex’s line carries 0.6 Mbit/s up",
  );
  expect(text).toContain(
    "Alex to us: Lost 0.3 % (up to 1.1 %) · Delay varies by 6 ms · Carries 0.6",
  );
  expect(text).toContain(
    "Us to Alex: Lost 0 % (up to 0.8 %) · Delay varies by 6 ms · Carries at least",
  );
  const [mine, theirs] = ["You", "Alex"].map((name) =>
    text.split("\n\n").find((part) => part.startsWith(`${name}\n`)),
  );
  expect(mine).toContain("There and back: 18 ms");
  expect(theirs).toContain("There and back: 61 ms");
  expect(mine).toContain("There and back under load: not measured");
  expect(theirs).toContain("There and back under load: 240 ms");
  expect(mine).toContain("Jitter (mean |D|): up: 2 ms, down: 2 ms");
  expect(theirs).toContain("Jitter (mean |D|): up: 4 ms, down: not measured");
  expect(theirs).toContain("Picture: 30 pictures a second · black (page)");
  expect(mine).toContain("Speaker: not tried");
  expect(theirs).toContain("Speaker: tone heard (own word)");
});

test("the report is in the page’s language", () => {
  locale.value = "it";
  expect(made().text).toContain("Da Alex a noi: Perdita 0,3 % (fino a 1,1 %)");
});

test("as JSON it has every number and nothing personal but the first name", () => {
  const { json, text } = made();
  expect(json).toMatchObject({
    format: "visavis-line-report-1",
    made_at: "2026-11-23T09:00:20.000Z",
    patient: {
      name: "Alex",
      level: "fair",
      cause: "capacity_up",
      said_by_page: { camera: "black" },
      said_by_person: { speaker: "heard" },
    },
  });
  expect(json.patient.measured.check.quality.up.capacity_bps).toBe(610_000);
  expect(`${text}${JSON.stringify(json)}`).not.toMatch("Secretsurname");
});
