import { beforeEach, expect, test } from "vitest";
import { locale } from "../i18n/core";
import type { FaultView } from "./history";
import { faultText, faultTime, jobText } from "./words";

const KINDS: readonly (readonly [FaultView["kind"], string, string])[] = [
  ["task", "push changes", "KeyError"],
  ["task", "push changes", "ended"],
  ["database", "", "away"],
  ["database", "", "gone"],
  ["database", "", "damaged"],
  ["node_away", "node-1", ""],
  ["node_restarted", "node-1", ""],
  ["node_busy", "node-1", ""],
  ["node_stalled", "node-1", ""],
  ["node_full", "node-1", ""],
  ["node_bug", "node-1", ""],
  ["handshakes", "node-1", "no_check"],
  ["handshakes", "node-1", "alert"],
  ["gateway", "email", "no_answer"],
  ["gateway", "email", "gateway"],
  ["gateway", "sms", "no_answer"],
  ["gateway", "sms", "gateway"],
  ["refused", "email", ""],
  ["refused", "sms", ""],
];

function fault(change: Partial<FaultView>): FaultView {
  return {
    kind: "node_away",
    subject: "node-1",
    reason: "",
    began_at: "2026-03-02T09:19:10Z",
    last_at: "2026-03-02T09:25:00Z",
    times: 1,
    lasts: false,
    ...change,
  };
}

beforeEach(() => {
  locale.value = "en";
});

test.each(["en", "it"])("every trouble has a sentence of its own in %s", (language) => {
  locale.value = language;
  const said = KINDS.flatMap(([kind, subject, reason]) =>
    [true, false].map((lasts) => faultText(fault({ kind, subject, reason, lasts, times: 3 }))),
  );
  for (const sentence of said) expect(sentence).not.toMatch(/[{}]|undefined|fault\./);
  const lasting = said.filter((_, index) => index % 2 === 0);
  expect(new Set(lasting).size).toBe(KINDS.length);
});

test("how often it happened is told", () => {
  const many = faultText(fault({ kind: "refused", subject: "sms", times: 3 }));
  expect(many).toMatch(/^3 SMS were/);
});

test("what lasts is told as of now", () => {
  expect(faultText(fault({ lasts: true }))).toContain("does not answer");
  expect(faultText(fault({ lasts: false }))).toContain("did not answer");
});

test("a job is told by what it does, one that is not known by its name", () => {
  expect(jobText("send email 2")).toBe("Sending e-mail");
  expect(jobText("derive presence")).toBe("Noticing who comes and goes");
  expect(jobText("count sheep")).toContain("count sheep");
});

test("times are an instant, a span, or since when", () => {
  expect(faultTime(fault({}))).toMatch(/^\d\d:19–\d\d:25$/);
  expect(faultTime(fault({ last_at: "2026-03-02T09:19:50Z" }))).toMatch(/^\d\d:19$/);
  expect(faultTime(fault({ lasts: true }))).toMatch(/^since \d\d:19$/);
});
