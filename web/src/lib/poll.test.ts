import { beforeEach, describe, expect, test } from "vitest";
import { POLL_EVERY_MS, Poll } from "./poll";
import { flushPromises, World } from "./testing/world";

describe("asking while nothing is pushed", () => {
  let world: World;
  let asked: number;
  let answer: Promise<void>;
  let poll: Poll;

  beforeEach(() => {
    world = new World();
    asked = 0;
    answer = Promise.resolve();
    poll = new Poll(() => {
      asked += 1;
      return answer;
    }, world);
  });

  test("begins at once and goes on", async () => {
    poll.start();
    expect(asked).toBe(1);
    await flushPromises();
    await world.pass(2 * POLL_EVERY_MS);
    expect(asked).toBe(3);
  });

  test("asks no faster when it is told again to start", async () => {
    poll.start();
    await flushPromises();
    poll.start();
    await world.pass(POLL_EVERY_MS);
    expect(asked).toBe(2);
  });

  test("waits for an answer before it asks again", async () => {
    answer = new Promise(() => undefined);
    poll.start();
    await world.pass(10 * POLL_EVERY_MS);
    expect(asked).toBe(1);
  });

  test("stops, also while an answer is under way, and can start again", async () => {
    poll.start();
    poll.stop();
    await world.pass(10 * POLL_EVERY_MS);
    expect(asked).toBe(1);
    expect(world.pending).toBe(0);
    poll.start();
    expect(asked).toBe(2);
  });
});
