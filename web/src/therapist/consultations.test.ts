import { beforeEach, describe, expect, test } from "vitest";
import { locale } from "../i18n/core";
import type { Consultation } from "./api";
import {
  bars,
  guestName,
  isErasedSoon,
  isUndecided,
  sentWords,
  stageMore,
  stageNow,
  stageWords,
} from "./consultations";
import { openSessions, take } from "./state/sessions";
import { aSession } from "./testing/session";

const NOW = Date.parse("2026-11-23T09:00:00Z");

function one(part: Partial<Consultation> = {}): Consultation {
  return {
    id: "p1",
    name: "Giulia",
    language: "en",
    email: null,
    phone: null,
    note: "",
    message: "",
    stage: "unopened",
    created_at: "2026-11-20T09:00:00Z",
    sent_at: "2026-11-20T09:00:00Z",
    expires_at: "2026-12-04T09:00:00Z",
    claimed_at: null,
    waiting_since: null,
    met_at: null,
    wall_s: 0,
    session_id: null,
    erase_at: "2027-01-03T09:00:00Z",
    sent: null,
    ...part,
  };
}

beforeEach(() => {
  locale.value = "en";
});

describe("where a first consultation stands", () => {
  test("the session as pushed is newer than the list", () => {
    const here = aSession({ patient_present: true });
    expect(stageNow(one(), here)).toBe("waiting");
    expect(stageNow(one(), aSession({ gate_open: true }))).toBe("in_contact");
    expect(stageNow(one({ stage: "waiting" }), aSession({ patient_present: false }))).toBe(
      "opened",
    );
  });

  test("whoever was met is met after going", () => {
    const met = one({ stage: "in_contact", met_at: "2026-11-22T09:00:00Z" });
    expect(stageNow(met, null)).toBe("met");
  });

  test("it is to be decided once they have met, until it is put off", () => {
    const now = Date.parse("2026-11-23T09:00:00Z");
    const met = one({ stage: "met", met_at: "2026-11-22T09:00:00Z" });
    const later = { ...met, stage: "later" } as const;
    expect(isUndecided(met, null, now)).toBe(true);
    expect(isUndecided(met, aSession(), now)).toBe(false);
    expect(isUndecided(one({ stage: "expired" }), null, now)).toBe(false);
    expect(isUndecided(later, null, now)).toBe(false);
    expect(isUndecided({ ...later, erase_at: "2026-11-25T09:00:00Z" }, null, now)).toBe(true);
  });

  test("four bars and a word say it", () => {
    const stages = ["unopened", "opened", "waiting", "met"] as const;
    expect(stages.map(bars)).toEqual([1, 2, 3, 4]);
    expect(stageWords("later")).toBe("met, you decide later");
    expect(stageMore(one({ met_at: "2026-11-22T09:00:00Z", wall_s: 2300 }), "met")).toMatch(
      /, 38:20$/,
    );
  });
});

test("who will be erased within a week is pointed at, not while a session is open", () => {
  const soon = { erase_at: "2026-11-29T09:00:00Z" };
  expect(isErasedSoon(one(), NOW)).toBe(false);
  expect(isErasedSoon(one(soon), NOW)).toBe(true);
  expect(isErasedSoon(one({ ...soon, session_id: "s1" }), NOW)).toBe(false);
});

test("a guest without a name is called so, also where the session is pushed", () => {
  expect(guestName(one({ name: "" }))).toBe("Guest");
  const session = aSession({ patient_name: "", is_guest: true });
  take({ type: "sessions", now: "2026-11-23T09:00:00Z", sessions: [session] });
  expect(openSessions.value?.[0]?.patient_name).toBe("Guest");
});

test("a link that was sent says what became of it, and nothing of the link before", () => {
  const message = {
    id: "m1",
    kind: "first_consultation",
    channel: "email",
    state: "refused",
    failure: "no_such_address",
    created_at: "2026-11-20T09:05:00Z",
    sent_at: null,
  } as const;
  expect(sentWords(one(), message)).toEqual({ text: "E-mail: not delivered", failed: true });
  expect(sentWords(one(), { ...message, state: "delivered" })?.failed).toBe(false);
  expect(sentWords(one({ sent_at: "2026-11-21T09:00:00Z" }), message)).toBeNull();
  expect(sentWords(one(), undefined)).toBeNull();
});
