import { expect, test } from "vitest";
import { timeOfDay } from "../i18n/format";
import { NO_CALL } from "../lib/call";
import { aCheck, aDirection, aQuality } from "../lib/testing/quality";
import type { CheckReport } from "../lib/types";
import { reportJson, reportText } from "./line-report";
import { connectionLine } from "./words";

const NOW = Date.parse("2026-11-23T09:00:12Z");
const up = aDirection({ loss_ratio: 0.003, capacity_bps: 610_000 });
const down = aDirection({ capacity_bps: 2_400_000, capacity_is_bound: true });
const check = aCheck({ quality: aQuality({ level: "fair", cause: "capacity_up", up, down }) });
const CALL = { ...NO_CALL, phase: "connected" as const, quality: aQuality(), check };
const WORD = { speaker: "not_heard", look: "black" } as const;
const LINE = connectionLine(CALL, "on", NOW);

test("the patient’s report says one’s own line in words and numbers", () => {
  const text = reportText(CALL, LINE, WORD, NOW);
  expect(text).toMatch(/^Connection report\n23 November 2026 .* · Visavis \d/);
  expect(text).toContain("\nfair: Your picture will be small. Sound is fine.");
  expect(text).toContain(
    "From you to us: lost 0.3 % (0–0.8 %) · delay varies by 6 ms · carries 0.6 Mbit/s",
  );
  expect(text).toContain(
    "From us to you: lost 0 % (0–0.8 %) · delay varies by 6 ms · carries ≥ 2.4 Mbit/s",
  );
  expect(text).toContain("There and back: 18 ms");
  expect(text).toContain("Camera: works · black picture (seen by this page)");
  expect(text).toContain("Speaker: tone not heard (your own word)");
  expect(text).toContain(
    `Check ${timeOfDay(NOW - 3_000)}: UDP 23 ms · TCP not tried · TURN not tried · ICE 41 ms · DTLS 63 ms`,
  );
  expect(text).toContain("Microphone: works");
  const reach = {
    ...check.reach,
    tcp: { state: "blocked" as const, took_ms: null },
  } as CheckReport["reach"];
  const weak = { ...CALL, check: { ...check, reach, microphone: "quiet" as const } };
  expect(reportText(weak, LINE, WORD, NOW)).toMatch(/TCP blocked.*Microphone: quiet/s);
  const untried = { speaker: "untried", look: "unknown" } as const;
  const before = reportText({ ...CALL, check: null }, LINE, untried, NOW);
  expect(before).toContain("Microphone: not measured\nCamera: not measured\nSpeaker: not tried\n");
});

test("as JSON it has every number of one’s own line, and nobody’s name", () => {
  const report = JSON.parse(reportJson(CALL, LINE, WORD, NOW));
  expect(report).toMatchObject({ level: "fair", cause: "capacity_up" });
  expect(report.measured.check.quality.up.capacity_bps).toBe(610_000);
  expect(report).toMatchObject({
    said_by_page: { camera: "black" },
    said_by_person: { speaker: "not_heard" },
  });
  expect(Object.keys(report).sort()).toEqual([
    "cause",
    "format",
    "level",
    "made_at",
    "measured",
    "said",
    "said_by_page",
    "said_by_person",
    "version",
  ]);
});
