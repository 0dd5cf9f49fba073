import { beforeEach, describe, expect, test } from "vitest";
import { flushPromises, World } from "./testing/world";
import { Turn } from "./turn";
import type { IceServers } from "./types";

const NONE: IceServers = { servers: [], lifetime_s: 0 };
const some = (username: string): IceServers => ({
  servers: [{ urls: ["turn:turn.test"], username, credential: "secret" }],
  lifetime_s: 600,
});

describe("TURN servers", () => {
  let world: World;
  let asked: number;
  let answer: () => Promise<IceServers>;
  let turn: Turn;
  const names = async () => (await turn.ready()).map(({ username }) => username);
  /** Let time pass as a call does, calling it four times a second. */
  async function pass(seconds: number): Promise<void> {
    for (let i = 0; i < seconds * 4; i += 1) {
      turn.renew();
      await world.pass(250);
    }
  }

  beforeEach(() => {
    world = new World();
    asked = 0;
    answer = async () => some(String(asked));
    turn = new Turn(() => {
      asked += 1;
      return answer();
    }, world);
  });

  test("are there for the first gathering", async () => {
    expect(await turn.ready()).toEqual(some("1").servers);
    expect(world.pending).toBe(0);
  });

  test("are asked for again after a third of the credentials' lifetime", async () => {
    await turn.ready();
    await pass(200);
    expect(asked).toBe(1);
    await pass(1);
    expect([asked, await names()]).toEqual([2, ["2"]]);
  });

  test("count the lifetime from when they were asked for", async () => {
    answer = async () => {
      await new Promise<void>((resolve) => world.after(100_000, resolve));
      return some("slow");
    };
    await pass(199);
    expect(asked).toBe(1);
    await pass(2);
    expect(asked).toBe(2);
  });

  test("in hand are given at once, however old", async () => {
    await turn.ready();
    await world.pass(250_000);
    answer = () => new Promise(() => undefined);
    expect(await turn.ready()).toEqual(some("1").servers);
  });

  test("stay in hand while control is away, which is asked every five seconds", async () => {
    await turn.ready();
    answer = () => Promise.reject(new Error("away"));
    await pass(220);
    expect(asked).toBe(5);
    expect(await names()).toEqual(["1"]);
  });

  test("are asked for once at a time", async () => {
    answer = () => new Promise(() => undefined);
    await pass(3);
    expect(asked).toBe(1);
  });

  test("are spent on four restarts in a row, then on one in ten seconds", async () => {
    await turn.ready();
    const gathered: number[] = [];
    for (let restart = 0; restart < 20; restart += 1) {
      if (turn.forRestart().length > 0) gathered.push(world.now() / 1000);
      await world.pass(2_000);
    }
    expect(gathered).toEqual([0, 2, 4, 6, 10, 20, 30]);
  });

  test("are there for every restart of a line that is lost now and then", async () => {
    await turn.ready();
    for (let restart = 0; restart < 10; restart += 1) {
      expect(turn.forRestart()).toEqual(some("1").servers);
      await world.pass(10_000);
    }
  });

  test("are waited for two seconds and no longer", async () => {
    let ready = false;
    answer = () => new Promise(() => undefined);
    void turn.ready().then((servers) => {
      ready = servers.length === 0;
    });
    await world.pass(1_999);
    expect(ready).toBe(false);
    await world.pass(1);
    expect(ready).toBe(true);
  });

  test("that cannot be had delay nothing", async () => {
    answer = () => Promise.reject(new Error("away"));
    expect(await turn.ready()).toEqual([]);
  });

  test("are never asked for again where there is no TURN", async () => {
    answer = async () => NONE;
    expect(await turn.ready()).toEqual([]);
    await pass(1_000);
    await flushPromises();
    expect(asked).toBe(1);
  });
});
