import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../lib/api";
import { POLL_EVERY_MS } from "../../lib/poll";
import { serverTime } from "../../lib/server-time";
import { api } from "../api";
import { aSession } from "../testing/session";
import {
  asTheyStand,
  endedSessions,
  isWaiting,
  knownSession,
  learn,
  listenToControl,
  online,
  openSessions,
  pushed,
  runningSession,
  sessionOf,
  stopListening,
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

/** A socket that opens when the test says so. */
class FakeSocket {
  static latest: FakeSocket;
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    FakeSocket.latest = this;
  }
  close(): void {}
}

describe("where no socket comes through", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", FakeSocket);
    vi.stubGlobal("location", new URL("http://localhost/"));
    vi.stubGlobal("addEventListener", () => undefined);
    vi.stubGlobal("removeEventListener", () => undefined);
    vi.spyOn(api, "openSessions").mockImplementation(async () => ({
      type: "sessions",
      now: NOW,
      sessions: [aSession()],
    }));
    listenToControl();
  });
  afterEach(() => {
    stopListening();
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  const refused = () => FakeSocket.latest.onclose?.({ code: 1006 });
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  it("control is asked, and asked again", async () => {
    refused();
    await pass(0);
    expect(waitingSessions.value.map(({ id }) => id)).toEqual(["s1"]);
    expect(pushed.value).toBe(false);
    expect(online.value).toBe(true);
    vi.mocked(api.openSessions).mockResolvedValue({ type: "sessions", now: NOW, sessions: [] });
    vi.spyOn(api, "session").mockResolvedValue(aSession({ state: "ended" }));
    await pass(POLL_EVERY_MS);
    expect(openSessions.value).toEqual([]);
    expect(knownSession("s1")?.state).toBe("ended");
  });

  it("only a control that does not answer either is away", async () => {
    const none = new ApiError(0, "unreachable", "No answer.");
    vi.mocked(api.openSessions).mockRejectedValueOnce(none);
    refused();
    await pass(0);
    expect(online.value).toBe(false);
    await pass(POLL_EVERY_MS);
    expect(online.value).toBe(true);
  });

  it("the socket is taken again as soon as it opens", async () => {
    refused();
    await pass(5_000); // the next try
    FakeSocket.latest.onopen?.();
    const asked = vi.mocked(api.openSessions).mock.calls.length;
    await pass(10 * POLL_EVERY_MS);
    expect(api.openSessions).toHaveBeenCalledTimes(asked);
    expect(pushed.value).toBe(true);
  });
});

it("the session in contact is the server's word, also after a reload", () => {
  openSessions.value = [aSession(), aSession({ id: "s2", gate_open: true, state: "in_contact" })];
  expect(runningSession.value?.id).toBe("s2");
});
