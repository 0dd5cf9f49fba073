import { afterEach, describe, expect, it } from "vitest";
import { locale } from "./core";
import {
  agoText,
  clockText,
  dayTitle,
  exactText,
  longDay,
  nearDay,
  numberText,
  spokenLength,
  timeOfDay,
  waitText,
} from "./format";

afterEach(() => {
  locale.value = "en";
});

/** Local time, as the therapist's desk has it. */
const at = (month: number, day: number, hour = 9, minute = 5) =>
  new Date(2026, month - 1, day, hour, minute);
const NOW = at(11, 23, 10);

describe("days", () => {
  it("are said shorter the nearer they are", () => {
    expect(nearDay(at(11, 23), NOW)).toBe("today 09:05");
    expect(nearDay(at(11, 22, 23, 59), NOW)).toBe("yesterday 23:59");
    expect(nearDay(at(11, 20, 17, 0), NOW)).toBe("Friday 17:00");
    expect(nearDay(at(11, 16), NOW)).toBe("Mon 16 Nov");
    expect(nearDay(new Date(2025, 10, 16), NOW)).toBe("16 Nov 2025");
  });

  it("head the rows of a list", () => {
    expect(dayTitle(at(11, 23), NOW)).toBe("Today, Monday 23 November");
    expect(dayTitle(at(11, 22), NOW)).toBe("Yesterday, Sunday 22 November");
    expect(dayTitle(at(11, 20), NOW)).toBe("Friday 20 November");
    expect(dayTitle(new Date(2025, 10, 16), NOW)).toBe("16 November 2025");
    locale.value = "it";
    expect(dayTitle(at(11, 23), NOW)).toBe("Oggi, lunedì 23 novembre");
    expect(dayTitle(at(11, 20), NOW)).toBe("Venerdì 20 novembre");
  });

  it("that are to come are dates", () => {
    expect(nearDay(new Date(2027, 4, 22), NOW)).toBe("22 May 2027");
  });

  it("speak Italian", () => {
    locale.value = "it";
    expect(nearDay(at(11, 22, 8, 0), NOW)).toBe("ieri 08:00");
    expect(longDay(NOW)).toBe("lunedì 23 novembre");
  });

  it("use 24 hours, midnight being 00", () => {
    expect(timeOfDay(at(11, 23, 0, 0))).toBe("00:00");
    expect(longDay(NOW)).toBe("Monday 23 November");
  });
});

describe("lengths", () => {
  it.each([
    [0, "00:00"],
    [59.9, "00:59"],
    [754, "12:34"],
    [3723, "1:02:03"],
    [-5, "00:00"],
  ])("%f s on a clock are %s", (seconds, text) => {
    expect(clockText(seconds)).toBe(text);
  });

  it("are spoken in words", () => {
    expect(spokenLength(754)).toBe("12 minutes 34 seconds");
    expect(spokenLength(0)).toBe("0 seconds");
    locale.value = "it";
    expect(spokenLength(3661)).toBe("1 ora 1 minuto 1 secondo");
  });

  it.each([
    [0.4, "1 sec"],
    [4, "4 sec"],
    [37, "30 sec"],
    [60, "1 min"],
    [3900, "1 hr 5 min"],
    [7200, "2 hr"],
  ])("a wait of %f s is %s", (seconds, text) => {
    expect(waitText(seconds)).toBe(text);
  });

  it("numbers are written as the language does", () => {
    expect(numberText(1250)).toBe("1,250");
    locale.value = "it";
    expect(numberText(12.34, 1)).toBe("12,3");
  });
});

describe("a length that is over", () => {
  it("is said to the second", () => {
    expect([0.4, 32, 60, 357].map(exactText)).toEqual(["0 sec", "32 sec", "1 min", "5 min 57 sec"]);
    locale.value = "it";
    expect(exactText(357)).toBe("5 min 57 s");
  });
});

describe("how long ago", () => {
  const NOW = "2026-11-23T15:00:00";
  const ago = (at: string, now = NOW) => agoText(new Date(at), new Date(now));

  it("is in minutes and hours today, and in days before", () => {
    expect(ago("2026-11-23T14:56:30")).toBe("3 minutes ago");
    expect(ago("2026-11-23T12:59:00")).toBe("2 hours ago");
    expect(ago("2026-11-22T23:00:00")).toBe("yesterday");
    expect(ago("2026-11-20T16:00:00")).toBe("3 days ago");
    expect(ago("2026-11-23T15:01:00")).toBe("this minute");
  });

  it("is in minutes within the hour, also across midnight", () => {
    expect(ago("2026-11-22T23:52:00", "2026-11-23T00:04:00")).toBe("12 minutes ago");
    expect(ago("2026-11-22T23:00:00", "2026-11-23T00:04:00")).toBe("yesterday");
  });
});
