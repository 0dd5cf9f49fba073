import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CameraLook, LookJudge } from "./camera-look";
import type { Look } from "./types";

const grey = (value: number) => new Uint8ClampedArray(16 * 9 * 4).fill(value);
const seen = (...pictures: Uint8ClampedArray[]) => {
  const judge = new LookJudge();
  return pictures.map((pixels) => judge.see(pixels));
};
const repeated = (value: number, times: number) => Array.from({ length: times }, () => grey(value));

describe("what a page sees of its camera", () => {
  it("moves once two looks differ, and is not known after one", () => {
    expect(seen(grey(100), grey(101), grey(101))).toEqual(["unknown", "moving", "moving"]);
  });

  it("is black from the second dark look on, noise or not, and no longer in the light", () => {
    expect(seen(grey(0), grey(9), grey(3), grey(90))).toEqual([
      "unknown",
      "black",
      "black",
      "moving",
    ]);
  });

  it("is no black picture where something shines in a dark room", () => {
    const lamp = grey(2);
    lamp.fill(200, 0, 8);
    expect(seen(grey(2), lamp, grey(2))).not.toContain("black");
  });

  it("stands still when nothing at all changed for ten seconds, until something does", () => {
    expect(seen(grey(99), ...repeated(100, 5)).at(-1)).toBe("moving");
    expect(seen(grey(99), ...repeated(100, 6)).at(-1)).toBe("frozen");
    expect(seen(grey(99), ...repeated(100, 6), grey(101)).at(-1)).toBe("moving");
  });
});

describe("the look at a track", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("is taken every two seconds, told as it changes, and begins anew with another track", () => {
    const told: Look[] = [];
    const stopped = vi.fn();
    let pixels: Uint8ClampedArray | null = grey(0);
    const look = new CameraLook(
      (one) => told.push(one),
      () => ({ pixels: () => pixels, stop: stopped }),
    );
    look.watch({} as MediaStreamTrack);
    vi.advanceTimersByTime(8_000);
    expect(told).toEqual(["black"]);
    pixels = null; // the page is in the background
    vi.advanceTimersByTime(8_000);
    expect(told).toEqual(["black"]);
    look.watch(null);
    expect(told).toEqual(["black", "unknown"]);
    expect(stopped).toHaveBeenCalledOnce();
    pixels = grey(0);
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual(["black", "unknown"]);
  });
});
