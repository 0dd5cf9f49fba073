import { expect, test } from "vitest";
import { ApiError } from "../lib/api";
import { troubleText } from "./trouble";

const said = (status: number, code: string) => troubleText(new ApiError(status, code, "?"), "Alex");

test.each([
  [409, "in_conversation", "Send that patient back"],
  [409, "changed_meanwhile", "Try again"],
  [409, "closed_meanwhile", "Try again"],
  [503, "database_away", "cannot save"],
  [401, "cookies_blocked", "Allow cookies"],
  [409, "patient_absent", "Alex is not in the waiting room"],
])("%i %s is said with what to do", (status, code, words) => {
  expect(said(status, code)).toContain(words);
});

test("how long to wait is what the server says", () => {
  const said = (seconds: number | null) =>
    troubleText(new ApiError(429, "slow_down", "?", null, seconds));
  expect(said(15)).toContain("Wait 15 seconds");
  expect(said(1)).toContain("Wait 1 second,");
  expect(said(null)).not.toMatch(/second|minute/);
});

test("what is away is named, each in its own sentence", () => {
  const codes = ["media_away", "full", "draining", "still_closing", "database_away", "other"];
  expect(new Set(codes.map((code) => said(503, code))).size).toBe(codes.length);
});

test("an unknown code is said by its status, and what is no answer of control as our fault", () => {
  expect(said(404, "new_word")).toBe(said(404, "other_word"));
  expect(said(404, "new_word")).not.toBe(said(500, "new_word"));
  expect(troubleText(new Error("no"))).toBe(said(500, "new_word"));
});
