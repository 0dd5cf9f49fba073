import { describe, expect, test } from "vitest";
import { ClockFace } from "./clock";
import type { ClockMessage } from "./types";

const tick = (elapsed_s: number): ClockMessage => ({
  type: "clock",
  started_at: "2026-11-23T10:00:00Z",
  elapsed_s,
  connected_s: elapsed_s - 1,
});

describe("a clock face", () => {
  test("shows nothing before the server has spoken", () => {
    expect(new ClockFace().elapsed(0)).toBeNull();
  });

  test("goes on between ticks", () => {
    const face = new ClockFace();
    face.take(tick(10), 1000);
    expect(face.elapsed(1600)).toBeCloseTo(10.6);
  });

  test("goes on while the line is lost, and connected time does not", () => {
    const face = new ClockFace();
    face.take(tick(10), 0);
    expect(face.elapsed(60_000)).toBe(70);
    expect(face.connected).toBe(9);
    face.take(tick(70), 60_000);
    expect(face.elapsed(60_000)).toBe(70);
  });

  test("is not drawn backwards by a tick that came a little late", () => {
    const face = new ClockFace();
    face.take(tick(10), 0);
    expect(face.elapsed(1400)).toBeCloseTo(11.4);
    face.take(tick(11), 1400);
    expect(face.elapsed(1400)).toBeCloseTo(11.4);
  });

  test("believes the server when it truly says less, as another node may", () => {
    const face = new ClockFace();
    face.take(tick(100), 0);
    face.elapsed(0);
    face.take(tick(90), 1000);
    expect(face.elapsed(1000)).toBe(90);
  });

  test("is empty again when the setting hides it", () => {
    const face = new ClockFace();
    face.take(tick(10), 0);
    face.clear();
    expect(face.elapsed(10)).toBeNull();
    expect(face.connected).toBeNull();
  });

  test("keeps connected time as the server said it", () => {
    const face = new ClockFace();
    face.take(tick(10), 0);
    expect(face.connected).toBe(9);
  });
});
