import { describe, expect, test } from "vitest";
import type { MediaProof } from "../lib/types";
import { allowKey, connectionLine, deviceTrouble, hearing, isSpeech } from "./words";

const proof = (heard_age_ms: number | null, level_dbfs: number | null): MediaProof => ({
  heard_age_ms,
  level_dbfs,
  seen_age_ms: null,
  frames_per_s: 0,
});

describe("what the server hears", () => {
  test("is nothing before a packet came, or when the last is old", () => {
    expect(hearing(null, "on", false)).toBe("hear_nothing");
    expect(hearing(proof(null, null), "on", true)).toBe("hear_nothing");
    expect(hearing(proof(4000, -20), "on", true)).toBe("hear_nothing");
  });

  test("is the patient once speech arrived", () => {
    expect(hearing(proof(20, -30), "on", false)).toBe("hear_you");
    expect(isSpeech(proof(20, -50))).toBe(true);
  });

  test("is a quiet room until then, never a fault", () => {
    expect(hearing(proof(20, -70), "on", false)).toBe("hear_quiet");
  });

  test("stays the patient through a silence", () => {
    expect(hearing(proof(20, -90), "on", true)).toBe("hear_you");
  });

  test("counts every sound where the browser sends no level", () => {
    expect(hearing(proof(20, null), "on", false)).toBe("hear_you");
  });

  test("is a microphone that was turned off", () => {
    expect(hearing(proof(20, -127), "off", true)).toBe("microphone_off");
  });
});

describe("the line on the connection", () => {
  test.each([
    [null, null, "line_connecting"],
    [40, "good", "line_good"],
    [150, "good", "line_good"],
    [151, "fair", "line_fair"],
    [300, "fair", "line_fair"],
    [301, "poor", "line_poor"],
  ] as const)("with a round trip of %s ms is %s", (rttMs, level, key) => {
    expect(connectionLine({ phase: "connected", rttMs })).toEqual({ level, key });
  });

  test("speaks of the way back, whatever the last round trip was", () => {
    expect(connectionLine({ phase: "reconnecting", rttMs: 20 }).key).toBe("line_back");
    expect(connectionLine({ phase: "connecting", rttMs: 20 }).key).toBe("line_connecting");
  });
});

describe("trouble with devices", () => {
  test("is none while they are on, off or being asked for", () => {
    expect(deviceTrouble({ microphone: "on", camera: "off" })).toBeNull();
    expect(deviceTrouble({ microphone: "asking", camera: "unknown" })).toBeNull();
  });

  test("of both is one sentence", () => {
    expect(deviceTrouble({ microphone: "denied", camera: "denied" })).toEqual({
      failure: "denied",
      what: "both",
    });
  });

  test("of the microphone comes before the camera's", () => {
    expect(deviceTrouble({ microphone: "busy", camera: "missing" })).toEqual({
      failure: "busy",
      what: "microphone",
    });
    expect(deviceTrouble({ microphone: "on", camera: "missing" })?.what).toBe("camera");
  });
});

test("what said no is the device's own settings, a closed question, or the app around the page", () => {
  const chrome = { browser: "chrome", platform: "desktop" } as const;
  expect(allowKey(chrome, "system")).toBe("allow_system");
  expect(allowKey(chrome, "closed")).toBe("allow_closed");
  expect(allowKey({ browser: "safari", platform: "ios" }, "page", true)).toBe("in_app_ios");
  expect(allowKey({ browser: "chrome", platform: "android" }, "page", true)).toBe("in_app_android");
});

test.each([
  ["safari", "ios", "allow_safari_ios"],
  ["chrome", "ios", "allow_chrome_ios"],
  ["samsung", "android", "allow_samsung"],
  ["firefox", "android", "allow_firefox_android"],
  ["chrome", "android", "allow_chrome_android"],
  ["firefox", "desktop", "allow_firefox_desktop"],
  ["safari", "desktop", "allow_safari_desktop"],
  ["edge", "desktop", "allow_chrome_desktop"],
  ["other", "desktop", "allow_other"],
] as const)("%s on %s keeps the permission in its own place", (browser, platform, key) => {
  expect(allowKey({ browser, platform })).toBe(key);
});
