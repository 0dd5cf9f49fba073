import { describe, expect, test } from "vitest";
import { QUIET_AFTER_MS, Watchdog } from "./watchdog";

describe("a watchdog", () => {
  test("is quiet once a ping has been out for a second and a half", () => {
    const dog = new Watchdog();
    dog.ping(1000);
    expect(dog.quiet(1000 + QUIET_AFTER_MS - 1)).toBe(false);
    expect(dog.quiet(1000 + QUIET_AFTER_MS)).toBe(true);
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
    dog.ping(500);
    dog.echo(first, 600);
    expect(dog.quiet(600 + QUIET_AFTER_MS)).toBe(true);
  });

  test("does not bark when a hidden page's timers ran once a minute", () => {
    const dog = new Watchdog();
    dog.echo(dog.ping(0), 30);
    expect(dog.quiet(60_000)).toBe(false);
  });

  test("ignores echoes that are not ours", () => {
    const dog = new Watchdog();
    dog.ping(0);
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
    const dog = new Watchdog();
    dog.ping(0);
    expect(dog.quiet(600, 600)).toBe(true);
    expect(dog.quiet(600)).toBe(false);
  });
});
