import { describe, expect, it } from "vitest";
import type { LineChange, Role } from "../lib/types";
import { sentFor } from "./state/messages";
import { aSession } from "./testing/session";
import { along, axisOf, courseOf } from "./time-axis";

const ended = {
  state: "ended",
  opened_at: "2026-11-23T09:00:00Z",
  came_at: "2026-11-23T09:02:00Z",
  entered_at: "2026-11-23T09:04:00Z",
  contact_at: "2026-11-23T09:06:00Z",
  ended_at: "2026-11-23T09:52:00Z",
} as const;

function sentBack(since: string, until: string | null) {
  const at = (minute: string) => `2026-11-23T09:${minute}:00Z`;
  return { since: at(since), until: until && at(until), sent_back: true };
}

/** Kinds with the minutes from the beginning at which each begins and ends. */
function spans(part: Parameters<typeof aSession>[0] = {}) {
  const axis = axisOf(aSession({ ...ended, ...part }));
  const minute = (at: number) => (at - (axis?.from ?? 0)) / 60_000;
  return axis?.spans.map(({ kind, from, to }) => `${kind} ${minute(from)}-${minute(to)}`);
}

describe("a session along the time", () => {
  it("is waiting, then contact, until the end", () => {
    expect(spans()).toEqual(["waiting 0-4", "contact 4-50"]);
  });

  it("is waiting again each time that the patient was sent back, also at its end", () => {
    const pauses = [sentBack("12", "15"), sentBack("20", "22"), sentBack("42", null)];
    expect(spans({ pauses })).toEqual([
      "waiting 0-4",
      "contact 4-10",
      "waiting 10-13",
      "contact 13-18",
      "waiting 18-20",
      "contact 20-40",
      "waiting 40-50",
    ]);
  });

  it("is nothing while one of the two had gone", () => {
    const pauses = [{ ...sentBack("12", "15"), sent_back: false }];
    expect(spans({ pauses })).toEqual(["waiting 0-4", "contact 4-10", "contact 13-50"]);
  });

  it("is in contact for as long as was connected or lost", () => {
    const pauses = [sentBack("12", "15"), sentBack("20", "22"), sentBack("42", null)];
    const held = 3 + 2 + 10;
    const axis = axisOf(aSession({ ...ended, pauses }));
    const contact = axis?.spans.filter(({ kind }) => kind === "contact") ?? [];
    const drawn = contact.reduce((sum, { from, to }) => sum + (to - from), 0);
    expect(drawn / 60_000).toBe(52 - 6 - held);
  });

  it("ends for the patient with the goodbye", () => {
    const gone = { patient_left_at: "2026-11-23T09:50:00Z" };
    expect(spans(gone)).toEqual(["waiting 0-4", "contact 4-48"]);
    for (const since of ["50", "51"]) {
      expect(spans({ ...gone, pauses: [sentBack(since, null)] })).toEqual([
        "waiting 0-4",
        "contact 4-48",
      ]);
    }
  });

  it("is waiting alone for one who was not let in", () => {
    expect(spans({ contact_at: null })).toEqual(["waiting 0-50"]);
  });

  it("begins with whoever came first", () => {
    const axis = axisOf(aSession({ ...ended, entered_at: "2026-11-23T09:01:00Z" }));
    expect(axis?.from).toBe(axis?.entered);
  });

  it("is none where nobody came, or before the end", () => {
    expect(axisOf(aSession({ ...ended, came_at: null }))).toBeNull();
    expect(axisOf(aSession({ ...ended, ended_at: null }))).toBeNull();
  });

  it("has at most five round times, all of them on it", () => {
    const axis = axisOf(aSession(ended));
    expect(axis?.ticks.map((tick) => new Date(tick).getUTCMinutes() % 10)).toEqual([0, 0, 0, 0, 0]);
    const half = axisOf(aSession({ ...ended, ended_at: "2026-11-23T09:33:00Z" }));
    expect(half?.ticks.length).toBe(3);
    for (const tick of axis?.ticks ?? []) {
      const percent = axis ? along(axis, tick) : -1;
      expect(percent >= 0 && percent <= 100).toBe(true);
    }
  });
});

describe("messages sent for a session", () => {
  it("are those of the day before it was opened, until its end, the earliest first", () => {
    const message = (id: string, created_at: string) =>
      ({
        id,
        kind: "link",
        channel: "email",
        state: "delivered",
        failure: null,
        created_at,
        sent_at: null,
      }) as const;
    const items = [
      message("after", "2026-11-23T09:53:00Z"),
      message("alert", "2026-11-23T09:04:00Z"),
      message("link", "2026-11-22T17:00:00Z"),
      message("old", "2026-11-22T08:59:00Z"),
    ];
    expect(sentFor(aSession(ended), items).map(({ id }) => id)).toEqual(["link", "alert"]);
  });
});

describe("a line of a session along the time", () => {
  const change = (role: Role, minute: string, state: LineChange["state"]) => ({
    role,
    at: `2026-11-23T09:${minute}:00Z`,
    state,
    cause: "none" as const,
  });
  const course = (changes: LineChange[], part: Parameters<typeof aSession>[0] = {}) => {
    const axis = axisOf(aSession({ ...ended, ...part }));
    const minute = (at: number) => (at - (axis?.from ?? 0)) / 60_000;
    const found = axis ? courseOf(axis, changes, "patient") : [];
    return found.map(({ state, from, to }) => `${state} ${minute(from)}-${minute(to)}`);
  };

  it("is in each state until the next, and the last one lasts to the end of contact", () => {
    expect(course([change("patient", "07", "good"), change("patient", "20", "lost")])).toEqual([
      "good 5-18",
      "lost 18-50",
    ]);
  });

  it("is one's own alone", () => {
    expect(course([change("therapist", "07", "poor")])).toEqual([]);
  });

  it("says nothing of the time in which the patient was sent back", () => {
    const back = { pauses: [sentBack("42", null)] };
    expect(
      course([change("patient", "07", "fair"), change("patient", "45", "good")], back),
    ).toEqual(["fair 5-40"]);
  });

  it("is not lost while the patient was sent back, nor after it", () => {
    const back = { pauses: [sentBack("20", "30")] };
    const lost = [change("patient", "07", "good"), change("patient", "18", "lost")];
    expect(course(lost, back)).toEqual(["good 5-16", "lost 16-18"]);
    expect(course([...lost, change("patient", "31", "good")], back)).toEqual([
      "good 5-16",
      "lost 16-18",
      "good 29-50",
    ]);
  });
});
