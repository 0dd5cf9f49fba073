import { beforeEach, describe, expect, test } from "vitest";
import { ServerTime } from "./server-time";

const NOON = Date.parse("2026-11-28T12:00:00Z");
const FAST_BY_MS = 14 * 60_000;

describe("the server's time", () => {
  /** Since the page was opened, at noon by the server, on a computer 14 minutes fast. */
  let passed: number;
  let time: ServerTime;
  const error = () => time.now() - (NOON + passed);

  /** One request and its answer, as a server sends them. */
  function ask(thereMs: number, backMs: number): void {
    const finish = time.measure();
    passed += thereMs;
    const date = new Date(NOON + passed).toUTCString();
    passed += backMs;
    finish(date);
  }

  beforeEach(() => {
    passed = 0;
    time = new ServerTime(
      () => 5_000 + passed,
      () => NOON + passed + FAST_BY_MS,
    );
  });

  test("is the computer's until the server has said anything", () => {
    expect(error()).toBe(FAST_BY_MS);
  });

  test("is right within a second after one answer", () => {
    passed = 730;
    ask(40, 60);
    expect(Math.abs(error())).toBeLessThanOrEqual(600);
  });

  test("becomes better with every answer", () => {
    for (const pause of [130, 517, 911, 77, 1_303]) {
      passed += pause;
      ask(20, 20);
    }
    expect(Math.abs(error())).toBeLessThanOrEqual(150);
  });

  test("is counted on by the monotonic clock, whatever the computer's clock is set to", () => {
    time.take(new Date(NOON).toISOString());
    passed = 3_600_000;
    expect(error()).toBe(0);
  });

  test("an exact instant is taken as it is, and no date without milliseconds spoils it", () => {
    ask(10, 10);
    time.take(new Date(NOON + passed).toISOString());
    expect(error()).toBe(0);
    passed += 500;
    ask(200, 10);
    expect(error()).toBe(0);
  });

  test("follows when the clock at the server was set, or this one stood still", () => {
    time.take(new Date(NOON).toISOString());
    time.take(new Date(NOON + 60_000).toISOString());
    expect(error()).toBe(60_000);
  });

  test("passes over what is no date", () => {
    time.measure()(null);
    time.measure()("yesterday");
    time.take("soon");
    expect(error()).toBe(FAST_BY_MS);
  });

  test("tells of every correction, and of nothing else", () => {
    let told = 0;
    const stop = time.onChange(() => {
      told += 1;
    });
    time.take(new Date(NOON).toISOString());
    time.take(new Date(NOON).toISOString());
    expect(told).toBe(1);
    stop();
    time.take(new Date(NOON + 60_000).toISOString());
    expect(told).toBe(1);
  });
});
