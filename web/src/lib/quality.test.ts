import { describe, expect, it } from "vitest";
import { levelOfDirection } from "./level";
import { isRunning, judge, markOf, readCheck, readQuality } from "./quality";
import { aCheck, aDirection, aQuality } from "./testing/quality";

const NOW = Date.parse("2026-11-23T09:01:00Z");
const NOTHING = { quality: null, check: null, rtt_ms: null };

describe("a line is judged", () => {
  it("by its round trip where a node tells no more", () => {
    expect(judge({ ...NOTHING, rtt_ms: 151 }, false, NOW)).toMatchObject({
      level: "fair",
      cause: "delay",
    });
    expect(judge(NOTHING, false, NOW).level).toBeNull();
  });

  it("by the worse of the last seconds and a check that is not old", () => {
    const fair = aQuality({ level: "fair", cause: "capacity_up" });
    const check = aCheck({ quality: fair });
    expect(judge({ ...NOTHING, quality: aQuality(), check }, false, NOW).quality).toBe(fair);
    const poor = aQuality({ level: "poor", cause: "loss_up" });
    expect(judge({ ...NOTHING, quality: poor, check }, false, NOW).quality).toBe(poor);
    const later = NOW + 10 * 60_000;
    expect(judge({ ...NOTHING, quality: aQuality(), check }, false, later).level).toBe("good");
  });

  it("by the check where the last seconds tell too little, and the other way round", () => {
    const unknown = aQuality({ level: "unknown" });
    const check = aCheck();
    expect(judge({ ...NOTHING, quality: unknown, check }, false, NOW).level).toBe("good");
    const begun = aCheck({ state: "running", quality: unknown });
    expect(judge({ ...NOTHING, quality: aQuality(), check: begun }, false, NOW).level).toBe("good");
  });

  it("not at all while our server is late, and not for ever after", () => {
    const late = aQuality({ level: "unknown", cause: "server" });
    const bad = aCheck({ quality: aQuality({ level: "poor", cause: "loss_up" }) });
    const now = judge({ ...NOTHING, quality: late, check: bad }, false, NOW);
    expect(now).toMatchObject({ level: null, cause: "server" });
    const then = judge(
      { ...NOTHING, quality: aQuality(), check: aCheck({ quality: late }) },
      false,
      NOW,
    );
    expect(then).toMatchObject({ level: "good", cause: "none" });
  });

  it("by a check that runs for as long as one can run", () => {
    const check = aCheck({ state: "running", took_ms: 3_000 });
    const began = Date.parse(check.started_at);
    expect(isRunning(check, began + 4_000)).toBe(true);
    expect(isRunning(check, began + 21_000)).toBe(false);
    expect(isRunning(aCheck(), began + 4_000)).toBe(false);
    expect(isRunning(null, began)).toBe(false);
  });

  it("with three marks", () => {
    expect(markOf("no_call")).toBe("poor");
    expect(markOf(null)).toBeNull();
  });
});

describe("one direction is judged", () => {
  it("by the worst of what was measured", () => {
    expect(levelOfDirection(aDirection())).toBe("good");
    expect(levelOfDirection(aDirection({ loss_ratio: 0.02 }))).toBe("fair");
    expect(levelOfDirection(aDirection({ delay_variation_ms: 61 }))).toBe("poor");
    expect(levelOfDirection(aDirection({ capacity_bps: 600_000 }))).toBe("fair");
  });

  it("not by a bound that was merely not tried beyond", () => {
    const bound = { capacity_bps: 300_000, capacity_is_bound: true };
    expect(levelOfDirection(aDirection(bound))).toBe("good");
  });

  it("not where nothing came", () => {
    const none = { loss_ratio: null, delay_variation_ms: null };
    expect(levelOfDirection(aDirection(none))).toBeNull();
  });
});

describe("what a node says", () => {
  it("is read as it is", () => {
    expect(readQuality(aQuality({ level: "fair", cause: "delay" }))).toEqual(
      aQuality({ level: "fair", cause: "delay" }),
    );
    expect(readCheck(aCheck())).toEqual(aCheck());
  });

  it("is none from an older node, and where it cannot be read", () => {
    for (const said of [undefined, null, 7, "good", [], {}, { level: 3 }])
      expect(readQuality(said)).toBeNull();
    expect(readCheck({ ...aCheck(), started_at: "soon" })).toBeNull();
    expect(readCheck({ ...aCheck(), quality: null })).toBeNull();
  });

  it("is short where the defaults say the same, and holds no ways of an older node", () => {
    const reach = {
      udp: { state: "blocked" },
      tcp: { state: "reached", took_ms: 300 },
      in_use: "tcp",
    };
    expect(readCheck({ ...aCheck(), reach })?.reach).toEqual({
      udp: { state: "blocked", took_ms: null },
      tcp: { state: "reached", took_ms: 300 },
      turn: { state: "other", took_ms: null },
      in_use: "tcp",
    });
    expect(readCheck({ ...aCheck(), reach: undefined })?.reach).toBeNull();
  });

  it("is neither good nor bad where a newer node knows more words", () => {
    const said = { ...aQuality(), level: "superb", cause: "sunspots", up: null, rtt_ms: "12" };
    const read = readQuality(said);
    expect(read).toMatchObject({ level: "unknown", cause: "other", rtt_ms: null });
    expect(read?.up.loss_ratio).toBeNull();
    expect(readCheck({ ...aCheck(), state: "paused", camera: "upside down" })).toMatchObject({
      state: "other",
      camera: "unknown",
    });
  });
});
