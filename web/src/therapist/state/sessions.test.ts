import { beforeEach, describe, expect, it } from "vitest";
import { serverTime } from "../../lib/server-time";
import { aSession } from "../testing/session";
import {
  asTheyStand,
  endedSessions,
  isWaiting,
  knownSession,
  learn,
  openSessions,
  sessionOf,
  take,
  waitingSessions,
} from "./sessions";

const NOW = "2026-11-23T09:05:00Z";

beforeEach(() => {
  openSessions.value = null;
  endedSessions.value = [];
});

describe("what control pushes", () => {
  it("replaces all that was known of the open sessions", () => {
    take({ type: "sessions", now: NOW, sessions: [aSession({ id: "a" }), aSession({ id: "b" })] });
    take({ type: "sessions", now: NOW, sessions: [aSession({ id: "b" })] });
    expect(openSessions.value?.map(({ id }) => id)).toEqual(["b"]);
  });

  it("tells what time it is at the server", () => {
    take({ type: "sessions", sessions: [], now: "2031-05-06T07:08:09Z" });
    const off = serverTime.now() - Date.parse("2031-05-06T07:08:09Z");
    expect(off).toBeGreaterThanOrEqual(0);
    expect(off).toBeLessThan(5_000);
  });

  it("moves a session that ended to the ended ones, once", () => {
    take({ type: "sessions", now: NOW, sessions: [aSession()] });
    const ended = aSession({ state: "ended" });
    take({ type: "session", session: ended });
    learn(ended);
    expect(openSessions.value).toEqual([]);
    expect(endedSessions.value).toEqual([ended]);
    expect(knownSession("s1")?.state).toBe("ended");
  });
});

describe("what the pages ask", () => {
  it("who is in the waiting room", () => {
    expect(isWaiting(aSession())).toBe(true);
    expect(isWaiting(aSession({ patient_present: false, patient_reconnecting: true }))).toBe(true);
    expect(isWaiting(aSession({ patient_present: false }))).toBe(false);
    expect(isWaiting(aSession({ gate_open: true, state: "in_contact" }))).toBe(false);
    expect(isWaiting(aSession({ state: "ended" }))).toBe(false);
  });

  it("which sessions wait, and which one is a patient's", () => {
    const away = aSession({ id: "away", patient_id: "p2", patient_present: false });
    openSessions.value = [aSession(), away];
    expect(waitingSessions.value.map(({ id }) => id)).toEqual(["s1"]);
    expect(sessionOf("p2")).toBe(away);
    expect(sessionOf("p3")).toBeNull();
  });
});

describe("a list of sessions", () => {
  const ids = (sessions: readonly { readonly id: string }[]) => sessions.map(({ id }) => id);
  const old = aSession({ id: "old", state: "ended", opened_at: "2026-11-01T09:00:00Z" });
  const open = aSession({ id: "open", opened_at: "2026-11-23T08:00:00Z" });
  const newer = aSession({ id: "newer", opened_at: "2026-11-23T09:00:00Z" });

  it("has the open ones first, as they stand, with those opened since", () => {
    openSessions.value = [{ ...open, state: "held" }, newer];
    const shown = asTheyStand([old, open], true);
    expect(ids(shown)).toEqual(["newer", "open", "old"]);
    expect(shown[1]?.state).toBe("held");
  });

  it("shows one that ended since as ended", () => {
    openSessions.value = [];
    endedSessions.value = [{ ...open, state: "ended", outcome: "attended" }];
    expect(asTheyStand([open, old], true).map(({ state }) => state)).toEqual(["ended", "ended"]);
  });

  it("of a search has those alone that control found", () => {
    openSessions.value = [open, newer];
    expect(ids(asTheyStand([open], false))).toEqual(["open"]);
  });
});
