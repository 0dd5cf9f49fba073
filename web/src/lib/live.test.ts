import { beforeEach, describe, expect, test } from "vitest";
import { Live, MOVED, OPEN_WITHIN_MS, REVOKED, readMessage, type Socket } from "./live";
import { World } from "./testing/world";

class FakeSocket implements Socket {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readyState = 0;
  readonly sent: string[] = [];
  closed = false;

  send(data: unknown): void {
    this.sent.push(String(data));
  }
  close(): void {
    this.closed = true;
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.(null as never);
  }
  say(data: unknown): void {
    this.onmessage?.({ data });
  }
  lose(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

type Message = { type: string };

describe("the socket to control", () => {
  let world: World;
  let sockets: FakeSocket[];
  let told: unknown[];
  let live: Live<Message, Message>;
  const last = () => sockets.at(-1) as FakeSocket;

  beforeEach(() => {
    world = new World();
    sockets = [];
    told = [];
    live = new Live<Message, Message>(
      "/api/visit/live",
      {
        onMessage: (message) => told.push(message),
        onConnected: (connected) => told.push(connected),
        onClosed: (code) => told.push(code),
        onRefused: (failures) => told.push(`refused ${failures}`),
      },
      world,
      () => {
        sockets.push(new FakeSocket());
        return last();
      },
    );
  });

  test("gives up a handshake that is never answered, and tries again", async () => {
    const first = last();
    await world.pass(OPEN_WITHIN_MS);
    expect(first.closed).toBe(true);
    expect(told).toEqual(["refused 1"]);
    await world.pass(250);
    expect(sockets).toHaveLength(2);
    first.lose();
    last().open();
    await world.pass(2 * OPEN_WITHIN_MS);
    expect(told).toEqual(["refused 1", true]);
  });

  test("delivers messages and drops what is none", () => {
    last().open();
    last().say('{"type":"visit"}');
    last().say("not json");
    last().say("null");
    expect(told).toEqual([true, { type: "visit" }]);
  });

  test("sends when open and says when it could not", () => {
    expect(live.send({ type: "devices" })).toBe(false);
    last().open();
    expect(live.send({ type: "devices" })).toBe(true);
    expect(last().sent).toEqual(['{"type":"devices"}']);
  });

  test("comes back by itself, sooner after a loss than after many failures", async () => {
    last().open();
    last().lose();
    await world.pass(250);
    expect(sockets).toHaveLength(2);
    last().lose();
    await world.pass(499);
    expect(sockets).toHaveLength(2);
    await world.pass(1);
    expect(sockets).toHaveLength(3);
    expect(told).toEqual([true, false, "refused 2"]);
  });

  test("forgets its failures once it is open again", async () => {
    for (let i = 0; i < 4; i += 1) {
      last().lose();
      await world.pass(5000);
    }
    last().open();
    last().lose();
    await world.pass(250);
    expect(sockets).toHaveLength(6);
  });

  test("does not wait when the device says that the network is back", () => {
    last().lose();
    world.online();
    expect(sockets).toHaveLength(2);
    world.online();
    expect(sockets).toHaveLength(2);
  });

  test.each([MOVED, REVOKED])("stays closed after the decision %i", async (code) => {
    last().open();
    last().lose(code);
    await world.pass(60_000);
    world.online();
    expect(sockets).toHaveLength(1);
    expect(told).toEqual([true, code]);
    expect(world.pending).toBe(0);
  });

  test("says nothing more once the page closed it", async () => {
    last().open();
    live.close();
    last().say('{"type":"visit"}');
    last().lose();
    await world.pass(60_000);
    expect(told).toEqual([true]);
    expect(last().closed).toBe(true);
    expect(sockets).toHaveLength(1);
  });
});

test("a frame that is not text is no message", () => {
  expect(readMessage(new ArrayBuffer(2))).toBeNull();
  expect(readMessage('["type"]')).toBeNull();
});
