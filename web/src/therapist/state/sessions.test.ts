import { beforeEach, describe, expect, it } from "vitest";
import { serverTime } from "../../lib/server-time";
import { aSession } from "../testing/session";
import {
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
