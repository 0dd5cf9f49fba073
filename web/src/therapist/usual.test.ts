import { expect, test } from "vitest";
import type { LineQuality } from "../lib/types";
import { aDirection, aProof, aQuality, aSession } from "./testing/session";
import { isWorseThanUsual } from "./usual";

const NOW = Date.parse("2026-11-23T09:00:20Z");
const USUAL = {
  level: "good",
  rtt_ms: 60,
  loss_up: 0,
  loss_down: 0.001,
  variation_ms: 10,
  capacity_up_bps: 1_900_000,
  capacity_down_bps: null,
} as const;

const judged = (quality: Partial<LineQuality>, usual: Parameters<typeof isWorseThanUsual>[1]) =>
  isWorseThanUsual(aSession({ patient_proof: aProof({ quality: aQuality(quality) }) }), usual, NOW);
const narrow = (capacity_bps: number) =>
  ({ level: "fair", cause: "capacity_up", up: aDirection({ capacity_bps }) }) as const;

test("a level lower and half as bad again is worse than usual", () => {
  expect(judged(narrow(610_000), USUAL)).toBe(true);
  expect(judged({ level: "fair", cause: "delay", rtt_ms: 160 }, USUAL)).toBe(true);
  const lossy = aDirection({ loss_ratio: 0.02 });
  expect(judged({ level: "fair", cause: "loss_up", up: lossy }, USUAL)).toBe(true);
});

test("a little worse is not said, nor what is as bad as always", () => {
  expect(judged(narrow(1_300_000), USUAL)).toBe(false);
  expect(judged(narrow(610_000), { ...USUAL, level: "fair" })).toBe(false);
  expect(judged({ rtt_ms: 140 }, USUAL)).toBe(false);
});

test("nothing is said where too little is known, or our server is the cause", () => {
  expect(judged(narrow(610_000), null)).toBe(false);
  const down = { level: "fair", cause: "capacity_down" } as const;
  expect(judged(down, USUAL)).toBe(false);
  expect(judged({ level: "poor", cause: "server", rtt_ms: 900 }, USUAL)).toBe(false);
});
