import { describe, expect, it } from "vitest";
import { locale } from "../i18n/core";
import type { Cause, LineQuality, Proof, Session } from "../lib/types";
import { shortLines } from "./line-words";
import { aProof, aQuality, aSession } from "./testing/session";

locale.value = "en";

const AT = Date.parse("2026-11-23T09:00:05Z");

const of = (level: LineQuality["level"], cause: Cause) =>
  aProof({ quality: aQuality({ level, cause }) });

const short = (
  patient_proof: Proof | null,
  own: Proof | null = null,
  part: Partial<Session> = {},
  at = AT,
) =>
  shortLines(aSession({ patient_proof, ...part }), own, at).map(
    ({ name, level, text }) => `${name ? `${name} ` : ""}${level}: ${text}`,
  );

describe("the lines on a card", () => {
  it("have two or three words", () => {
    expect(short(of("good", "none"))).toEqual(["good: connection good"]);
    expect(short(of("fair", "capacity_up"))).toEqual(["fair: picture will be small"]);
    expect(short(of("unknown", "server"))).toEqual(["null: our server is busy"]);
    expect(short(of("unknown", "none"))).toEqual([]);
    expect(short(of("good", "none"), null, { patient_present: false })).toEqual([]);
  });

  it("are named where the therapist’s own is known as well", () => {
    const fair = of("fair", "loss_down");
    expect(short(fair, of("good", "none"))).toEqual([
      "You good: good",
      "Alex fair: may miss words",
    ]);
    expect(short(of("unknown", "none"), fair)).toEqual(["You fair: may miss words"]);
    expect(short(fair, aProof({ connected: false }))).toEqual([
      "You null: not connected",
      "Alex fair: may miss words",
    ]);
  });

  it("say that nothing gets through once that is known", () => {
    const good = of("good", "none");
    expect(short(null, good)).toEqual(["You good: good"]);
    expect(short(null, good, {}, AT + 60_000)).toEqual([
      "You good: good",
      "Alex poor: nothing gets through",
    ]);
  });

  it("name nobody for our own server’s fault, of whichever line", () => {
    const ours = of("unknown", "server");
    expect(short(of("poor", "loss_up"), ours)).toEqual(["null: our server is busy"]);
    expect(short(ours, of("good", "none"))).toEqual(["null: our server is busy"]);
  });
});
