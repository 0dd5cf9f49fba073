import { describe, expect, it, test } from "vitest";
import { type CallState, NO_CALL } from "../lib/call-state";
import { aCheck, aQuality } from "../lib/testing/quality";
import type { DeviceState, LineQuality, MediaProof } from "../lib/types";
import {
  allowKey,
  connectionLine,
  deviceTrouble,
  hearing,
  isSpeech,
  lineInContact,
  silenceKey,
} from "./words";

const proof = (heard_age_ms: number | null, level_dbfs: number | null): MediaProof => ({
  heard_age_ms,
  level_dbfs,
  loud_age_ms: null,
  seen_age_ms: null,
  frames_per_s: 0,
});

describe("what the therapist's page does not send", () => {
  it.each([
    ["on", "on", null],
    ["off", "on", "other_muted"],
    ["on", "off", "other_no_camera"],
    ["off", "off", "other_both_off"],
    ["busy", "on", "other_held"],
    ["busy", "off", "other_held"],
  ] as const)("microphone %s, camera %s: %s", (microphone, camera, key) => {
    expect(silenceKey({ microphone, camera })).toBe(key);
  });

  it("is no matter before it said anything", () => {
    expect(silenceKey(null)).toBeNull();
  });
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
  const NOW = Date.parse("2026-11-23T09:00:12Z");
  type Call = Parameters<typeof connectionLine>[0];
  const line = (part: Partial<Call>, camera: DeviceState = "on") =>
    connectionLine({ ...NO_CALL, phase: "connected", ...part }, camera, NOW);
  const judged = (part: Partial<LineQuality>, gateOpen = false) =>
    line({ quality: aQuality(part), gateOpen });

  test.each([
    [null, null, "line_connecting"],
    [40, "good", "line_good"],
    [150, "good", "line_good"],
    [151, "fair", "line_late"],
    [300, "fair", "line_late"],
    [301, "poor", "line_late_much"],
  ] as const)("by an older node, with a round trip of %s ms, is %s", (rttMs, level, key) => {
    expect(line({ rttMs })).toEqual({ level, key, hint: null });
  });

  test.each([
    ["udp", "udp", undefined],
    ["tcp", "tcp", "line_relay"],
    ["udp", "turn", "line_relay"],
  ] as const)("says that it takes a longer way: %s, %s", (transit, in_use, relay) => {
    const check = aCheck({ started_at: "2026-11-23T09:00:00Z", transit });
    const way = check.reach ? { ...check.reach, in_use } : null;
    expect(line({ quality: aQuality(), check: { ...check, reach: way } }).relay).toBe(relay);
    expect(line({ quality: aQuality(), check: { ...check, reach: null } }).relay).toBe(
      transit === "tcp" ? "line_relay" : undefined,
    );
  });

  test("speaks of the way back, whatever was measured", () => {
    const quality = aQuality();
    expect(line({ phase: "reconnecting", rttMs: 20, quality }).key).toBe("line_back");
    expect(line({ phase: "connecting", rttMs: 20, quality }).key).toBe("line_connecting");
  });

  test("says that the network blocks calls where nothing passes", () => {
    const blocked = { level: "poor", key: "line_blocked", hint: null };
    expect(line({ phase: "connecting", blocked: true })).toEqual(blocked);
    expect(line({ phase: "reconnecting", blocked: false }).key).toBe("line_back");
  });

  test.each([
    ["loss_up", "line_loss_up", "hint_router"],
    ["loss_down", "line_loss_down", "hint_router"],
    ["jitter_up", "line_jitter_up", "hint_router"],
    ["capacity_up", "line_capacity_up", "hint_router"],
    ["bufferbloat", "line_bufferbloat", "hint_stop"],
    ["delay", "line_late", null],
    ["other", "line_fair", null],
  ] as const)("names the cause and what may help: %s", (cause, key, hint) => {
    expect(judged({ level: "fair", cause })).toEqual({ level: "fair", key, hint });
  });

  test("says how late sound arrives, over both lines", () => {
    expect(judged({ level: "fair", cause: "delay", delay_ms: 480 }, true).key).toBe(
      "line_late_half",
    );
    expect(judged({ level: "poor", cause: "delay", delay_ms: 800 }, true).key).toBe(
      "line_late_second",
    );
  });

  test("blames nobody where our server is late, and says nothing bad of what is not known", () => {
    expect(judged({ level: "poor", cause: "server" })).toEqual({
      level: null,
      key: "line_server",
      hint: null,
    });
    expect(judged({ level: "unknown" })).toEqual({ level: null, key: "line_unjudged", hint: null });
  });

  test("says that it is close to the limit, or too weak for a call", () => {
    expect(judged({ borderline: true }).key).toBe("line_border");
    expect(judged({ level: "no_call" })).toEqual({
      level: "poor",
      key: "line_no_call",
      hint: "hint_network",
    });
  });

  test("names a black picture before contact, unless the camera is off", () => {
    const check = aCheck({ camera: "black" });
    expect(line({ check, quality: aQuality() }).key).toBe("line_black");
    expect(line({ check, quality: aQuality() }, "off").key).toBe("line_good");
    expect(line({ check, quality: aQuality(), gateOpen: true }).key).toBe("line_good");
  });
});

describe("the line in contact", () => {
  type Part = Partial<Parameters<typeof lineInContact>[0]>;
  const said = (part: Part, soundFirst = false, camera: DeviceState = "on") =>
    lineInContact({ ...NO_CALL, phase: "connected", gateOpen: true, ...part }, 0, {
      soundFirst,
      camera,
    });
  const good = aQuality();
  const narrow = aQuality({ level: "fair", cause: "capacity_up" });
  const lossy = aQuality({ level: "poor", cause: "loss_up" });

  test("is spoken of where it is weak, and nothing of pictures while none travels", () => {
    expect(said({ quality: good })).toBeNull();
    expect(said({ quality: narrow })?.keys).toEqual(["line_capacity_up", "hint_router"]);
    expect(said({ quality: narrow }, true)).toBeNull();
    expect(said({ quality: lossy }, true)?.level).toBe("poor");
    expect(said({ quality: lossy, phase: "reconnecting" })).toBeNull();
    const ours = aQuality({ level: "unknown", cause: "server" });
    expect(said({ quality: ours })).toEqual({ level: null, keys: ["line_server"] });
  });

  test("has the own picture paused, which is said, unless none would travel anyway", () => {
    const ownPaused = true;
    expect(said({ quality: good, ownPaused })).toEqual({ level: null, keys: ["line_own_paused"] });
    expect(said({ quality: narrow, ownPaused })).toEqual({
      level: "fair",
      keys: ["line_own_paused"],
    });
    expect(said({ quality: lossy, ownPaused })?.keys).toEqual([
      "line_loss_up",
      "hint_router",
      "line_own_paused",
    ]);
    const ours = aQuality({ level: "unknown", cause: "server" });
    expect(said({ quality: ours, ownPaused })?.keys).toEqual(["line_server"]);
    expect(said({ quality: good, ownPaused }, true)).toBeNull();
    expect(said({ quality: good, ownPaused }, false, "off")).toBeNull();
  });
});

describe("the other side's line in contact", () => {
  const lineOfBoth = (part: Partial<CallState>, soundFirst = false) =>
    lineInContact(
      {
        ...NO_CALL,
        phase: "connected",
        gateOpen: true,
        otherWeak: true,
        quality: aQuality(),
        ...part,
      },
      0,
      { soundFirst, camera: "on" },
    );
  const others = { level: null, keys: ["line_other"] };

  test("is spoken of where it is weak and one's own is known to be good", () => {
    expect(lineOfBoth({})).toEqual(others);
    expect(lineOfBoth({ otherWeak: false })).toBeNull();
    expect(lineOfBoth({ quality: null, rttMs: 20 })).toBeNull();
    expect(lineOfBoth({ quality: aQuality({ level: "unknown" }) })).toBeNull();
    expect(lineOfBoth({ quality: aQuality({ borderline: true }) })).toBeNull();
  });

  test("is not, where there is a word on one's own or on our server", () => {
    const lossy = aQuality({ level: "poor", cause: "loss_up" });
    expect(lineOfBoth({ quality: lossy })?.keys).toEqual(["line_loss_up", "hint_router"]);
    expect(lineOfBoth({ ownPaused: true })?.keys).toEqual(["line_own_paused"]);
    const ours = aQuality({ level: "unknown", cause: "server" });
    expect(lineOfBoth({ quality: ours })?.keys).toEqual(["line_server"]);
    expect(lineOfBoth({ phase: "reconnecting" })).toBeNull();
  });

  test("is not, where its picture is said to be paused for it", () => {
    expect(lineOfBoth({ otherPaused: true })).toBeNull();
    expect(lineOfBoth({ otherPaused: true }, true)).toEqual(others);
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
