import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { locale } from "../../i18n/core";
import { aPage } from "../../ui/testing/dom";
import type { Notices } from "../api";
import { readRoute } from "../routes";
import { failures } from "../state/messages";
import { faults } from "./account-notices";
import { FailureNotes } from "./failures";

locale.value = "en";

const WISH: Notices = {
  wait_minutes: 5,
  email: true,
  sms: false,
  phone: null,
  quiet: null,
  zone: "Europe/Rome",
  email_to: "rossi@example.org",
  ways: { email: "sent", sms: "sent" },
};
const FAILED = {
  id: "m1",
  kind: "alert",
  channel: "email",
  state: "refused",
  failure: "no_such_address",
  created_at: "2026-11-28T09:00:00Z",
  patient_id: "p1",
  patient_name: "Alex M.",
  is_guest: false,
  phone: "+393331234567",
} as const;

let at: ReturnType<typeof aPage>;
beforeEach(() => {
  at = aPage();
});
afterEach(async () => {
  failures.value = [];
  await at.draw(null);
  vi.unstubAllGlobals();
});

function said(node: { data?: string; childNodes?: Iterable<unknown> } = at.body): string {
  const children = [...(node.childNodes ?? [])] as (typeof node)[];
  return [node.data ?? "", ...children.map(said)].join(" ");
}

it("says at each field what is wrong with a wish", () => {
  expect(faults(WISH)).toEqual({});
  expect(faults({ ...WISH, email: false })).toHaveProperty("way");
  expect(faults({ ...WISH, email: false, wait_minutes: null })).toEqual({});
  expect(faults({ ...WISH, sms: true })).toHaveProperty("phone");
  expect(faults({ ...WISH, sms: true, phone: "call me" })).toHaveProperty("phone");
  expect(faults({ ...WISH, sms: true, phone: "333 1234567" })).toEqual({});
  expect(faults({ ...WISH, quiet: { begin: "21:00", end: "" } }).hours).toContain("both times");
  expect(faults({ ...WISH, quiet: { begin: "21:00", end: "21:00" } }).hours).toContain("different");
});

it("says whom a message did not reach, and in a room of nobody else's", async () => {
  const late = {
    ...FAILED,
    id: "m2",
    state: "expired",
    patient_id: "p2",
    patient_name: "Bruna T.",
  };
  failures.value = [FAILED, late as typeof FAILED];
  await at.draw(<FailureNotes />);
  expect(said()).toContain("The message to Alex did not arrive.");
  expect(said()).toContain("Call +393331234567");
  expect(said()).toContain("The message to Bruna could not be sent in time.");
  await at.draw(<FailureNotes only="p2" />);
  expect(said()).not.toContain("Alex");
});

it("says why a mail came back, and what to do; of an SMS less is known", async () => {
  const words = {
    no_such_address: "ask for the right one",
    mailbox_full: "The mailbox is full",
    refused: "refuses it",
    given_up: "cannot be reached",
    no_answer: "Check the address",
  } as const;
  for (const [failure, part] of Object.entries(words)) {
    failures.value = [{ ...FAILED, failure: failure as keyof typeof words }];
    await at.draw(<FailureNotes />);
    expect(said()).toContain("The message to Alex did not arrive.");
    expect(said()).toContain(part);
  }
  failures.value = [{ ...FAILED, channel: "sms" }];
  await at.draw(<FailureNotes />);
  expect(said()).toContain("Check the address");
});

it("leads to a page that there is", async () => {
  for (const is_guest of [true, false]) {
    failures.value = [{ ...FAILED, is_guest }];
    await at.draw(<FailureNotes />);
    const links = [...hrefs()].filter((one) => one.startsWith("/"));
    expect(links.map((one) => readRoute(one).page)).toEqual([
      is_guest ? "consultations" : "patient",
    ]);
  }
});

function* hrefs(node = at.body): Generator<string> {
  const href = node.attributes.get("href");
  if (typeof href === "string") yield href;
  for (const child of node.childNodes) if (child.attributes) yield* hrefs(child);
}
