import { describe, expect, it } from "vitest";
import { locale } from "../../i18n/core";
import { exactText } from "../../i18n/format";
import { isoDay } from "../parts/export-sessions";
import { fate } from "../parts/import-patients";
import { aSession } from "../testing/session";
import { course, lostToLines, waitedBefore } from "./ended";

locale.value = "en";

const ended = {
  state: "ended",
  outcome: "attended",
  opened_at: "2026-11-23T09:00:00Z",
  came_at: "2026-11-23T09:02:00Z",
  entered_at: "2026-11-23T09:04:00Z",
  contact_at: "2026-11-23T09:05:10Z",
  patient_left_at: "2026-11-23T09:54:00Z",
  ended_at: "2026-11-23T09:55:00Z",
} as const;

describe("the course of a session", () => {
  it("is what the tables know, in its order", () => {
    expect(course(aSession(ended)).map(({ text }) => text)).toEqual([
      "The waiting room was opened.",
      "Alex came into the waiting room.",
      "You entered the virtual room.",
      "You let Alex in.",
      "Alex left.",
      "The session ended.",
    ]);
  });

  it("has each time that the patient was sent back, and let in again", () => {
    const pauses = [
      { since: "2026-11-23T09:20:00Z", until: "2026-11-23T09:25:00Z", sent_back: true },
      { since: "2026-11-23T09:30:00Z", until: "2026-11-23T09:33:00Z", sent_back: false },
      { since: "2026-11-23T09:40:00Z", until: null, sent_back: true },
    ];
    const events = course(aSession({ ...ended, pauses })).slice(3, 8);
    expect(events.map(({ at, text }) => `${at?.slice(11, 16)} ${text}`)).toEqual([
      "09:05 You let Alex in.",
      "09:20 You sent Alex back to the waiting room.",
      "09:25 You let Alex in again.",
      "09:33 You let Alex in again.",
      "09:40 You sent Alex back to the waiting room.",
    ]);
  });

  it("says nothing of a goodbye to a later session", () => {
    const texts = course(aSession({ ...ended, patient_left_at: "2026-11-24T09:00:00Z" }));
    expect(texts.map(({ text }) => text)).not.toContain("Alex left.");
  });

  it("says whose line cost how much, and who never came", () => {
    const lost = { patient: 160, therapist: 0, server: 40 };
    expect(course(aSession({ ...ended, lost })).slice(-2)).toEqual([
      { at: null, text: "2 min 40 sec were lost on Alex’s line." },
      { at: null, text: "40 sec were lost by our server. It was not Alex’s connection." },
    ]);
    expect(lostToLines(aSession({ ...ended, lost }))).toBe(160); // not our server's
    const both = { patient: 160, therapist: 40, server: 10 };
    expect(exactText(lostToLines(aSession({ ...ended, lost: both })))).toBe("3 min 20 sec");
    expect(lostToLines(aSession(ended))).toBe(0);
    const alone = { ...ended, outcome: "no_show", came_at: null, contact_at: null } as const;
    expect(course(aSession(alone)).at(-1)?.text).toBe("Alex was not in the waiting room.");
  });

  it("has a wait from the first arrival to contact", () => {
    expect(waitedBefore(aSession(ended))).toBe(190);
    expect(waitedBefore(aSession({ ...ended, contact_at: null }))).toBeNull();
  });
});

describe("sheets", () => {
  it("say what becomes of a row, and why", () => {
    expect(fate({ state: "new", wrong: null })).toBe("is added");
    expect(fate({ state: "exists", wrong: null })).toBe("is a patient already");
    expect(fate({ state: "wrong", wrong: "email" })).toBe("this is no e-mail address");
  });

  it("are asked for by the days of this desk", () => {
    expect(isoDay(new Date(2026, 2, 5, 23, 59))).toBe("2026-03-05");
  });
});
