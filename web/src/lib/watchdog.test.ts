import { describe, expect, test } from "vitest";
import { LATE_AFTER_MS, QUIET_AFTER_MS, Watchdog } from "./watchdog";

/** One that has sent this many pings at once. */
function asking(now: number, pings = 3): Watchdog {
  const dog = new Watchdog();
  for (let i = 0; i < pings; i += 1) dog.ping(now);
  return dog;
}

describe("a watchdog", () => {
  test("is quiet once pings have been out for nearly a second", () => {
    const dog = asking(1000);
    expect(dog.quiet(1000 + QUIET_AFTER_MS - 1)).toBe(false);
    expect(dog.quiet(1000 + QUIET_AFTER_MS)).toBe(true);
  });

  test("takes two lost pings for an accident, however long ago", () => {
    expect(asking(0, 2).quiet(60_000)).toBe(false);
  });

  test("has an echo for late after a quarter of a second, or two round trips", () => {
    const dog = asking(0, 1);
    expect(dog.late(LATE_AFTER_MS - 1)).toBe(false);
    expect(dog.late(LATE_AFTER_MS)).toBe(true);
    dog.echo(dog.ping(1000), 1400);
    expect(dog.late(9000)).toBe(false);
    dog.ping(9000);
    expect(dog.late(9799)).toBe(false);
    expect(dog.late(9800)).toBe(true);
  });

  test("waits four round trips where the line is long", () => {
    const dog = new Watchdog();
    dog.echo(dog.ping(0), 600);
    for (const at of [1000, 1500, 2000]) dog.ping(at);
    expect(dog.quiet(1000 + 2399)).toBe(false);
    expect(dog.quiet(1000 + 2400)).toBe(true);
  });

  test("takes an echo for every older ping too, as the channel loses some", () => {
    const dog = new Watchdog();
    dog.ping(0);
    const second = dog.ping(500);
    expect(dog.echo(second, 540)).toBe(true);
    expect(dog.quiet(5000)).toBe(false);
    expect(dog.rttMs).toBe(40);
  });

  test("does not take a newer ping as answered by an older echo", () => {
    const dog = new Watchdog();
    const first = dog.ping(0);
    for (const at of [500, 520, 540]) dog.ping(at);
    dog.echo(first, 20);
    expect(dog.quiet(500 + QUIET_AFTER_MS)).toBe(true);
  });

  test("does not bark when a hidden page's timers ran once a minute", () => {
    const dog = new Watchdog();
    dog.echo(dog.ping(0), 30);
    expect(dog.quiet(60_000)).toBe(false);
  });

  test("ignores echoes that are not ours", () => {
    const dog = asking(0);
    expect(dog.echo("7", 10)).toBe(false);
    expect(dog.echo("hello", 10)).toBe(false);
    expect(dog.quiet(QUIET_AFTER_MS)).toBe(true);
  });

  test("stays quiet, and small, through a long silence", () => {
    const dog = new Watchdog();
    for (let i = 0; i < 1000; i += 1) dog.ping(i * 500);
    expect(dog.quiet(1000 * 500)).toBe(true);
  });

  test("is not quiet while echoes of old pings trickle in after an outage", () => {
    const dog = new Watchdog();
    const pings = Array.from({ length: 20 }, (_, i) => dog.ping(i * 500));
    dog.echo(pings[2] as string, 10_000);
    expect(dog.quiet(10_100)).toBe(false);
  });

  test("loses patience sooner where it is told to", () => {
    const dog = asking(0);
    expect(dog.quiet(600, 600)).toBe(true);
    expect(dog.quiet(600)).toBe(false);
  });
});
