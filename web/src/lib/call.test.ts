import { beforeEach, describe, expect, test } from "vitest";
import { ApiError } from "./api";
import { Call, type CallState } from "./call";
import { FakeConnection, fakeTrack } from "./testing/connection";
import { settle, World } from "./testing/world";

const ANSWER =
  "a=ice-ufrag:one\r\na=ice-pwd:p1\r\na=x-spare-ice:two p2\r\na=x-spare-ice:three p3\r\n";

describe("a call", () => {
  let world: World;
  let connections: FakeConnection[];
  let offers: number;
  let answer: () => Promise<string>;
  let clocks: unknown[];
  let phases: string[];
  let call: Call;
  const last = () => connections.at(-1) as FakeConnection;
  const state = (): CallState => call.state;

  beforeEach(() => {
    world = new World();
    connections = [];
    clocks = [];
    phases = [];
    offers = 0;
    answer = async () => ANSWER;
    call = new Call(
      () => {
        offers += 1;
        return answer();
      },
      {
        onChange: ({ phase }) => phase !== phases.at(-1) && phases.push(phase),
        onClock: (message) => clocks.push(message),
      },
      world,
      () => {
        connections.push(new FakeConnection());
        return last() as unknown as RTCPeerConnection;
      },
    );
  });

  async function connect(): Promise<void> {
    call.start();
    await settle();
    await last().comeUp();
  }

  test("is connected when the first ping comes back, not when the browser says so", async () => {
    call.start();
    await settle();
    last().echoes = false;
    await last().comeUp();
    expect(state().phase).toBe("connecting");
    last().echoes = true;
    await world.pass(500);
    expect(state().phase).toBe("connected");
    expect(state().rttMs).toBe(0);
  });

  test("tells what the node says", async () => {
    await connect();
    last().say({ type: "gate", open: true });
    last().say({ type: "other", connected: true });
    last().say({
      type: "media",
      heard_age_ms: 20,
      level_dbfs: -30,
      seen_age_ms: 40,
      frames_per_s: 30,
    });
    last().say({ type: "cap", video_bps: 900_000 });
    await settle();
    expect(state()).toMatchObject({ gateOpen: true, otherConnected: true });
    expect(state().proof).toEqual({
      heard_age_ms: 20,
      level_dbfs: -30,
      seen_age_ms: 40,
      frames_per_s: 30,
    });
    expect(last().transceivers[1]?.sender.maxBitrates.at(-1)).toBe(900_000);
  });

  test("passes the clock on, and its withdrawal", async () => {
    await connect();
    const tick = {
      type: "clock",
      started_at: "2026-11-23T10:00:00Z",
      elapsed_s: 3,
      connected_s: 3,
    };
    last().say(tick);
    last().say({ type: "clock_hidden" });
    expect(clocks).toEqual([tick, null]);
  });

  test("restarts ICE after a second and a half of silence, asking no server", async () => {
    await connect();
    last().echoes = false;
    await world.pass(2500);
    expect(state().phase).toBe("reconnecting");
    expect(last().iceRestarts).toBe(1);
    expect(offers).toBe(1);
    last().echoes = true;
    await world.pass(500);
    expect(state().phase).toBe("connected");
    expect(connections).toHaveLength(1);
  });

  test("builds a new connection when a restart brings nothing: the node may be gone", async () => {
    await connect();
    last().echoes = false;
    await world.pass(2500);
    expect(connections).toHaveLength(1);
    await world.pass(1000);
    expect(connections).toHaveLength(2);
    expect(connections[0]?.connectionState).toBe("closed");
    await last().comeUp();
    expect(state().phase).toBe("connected");
  });

  test("builds a new connection at once when the spares are used up", async () => {
    await connect();
    for (let outage = 0; outage < 2; outage += 1) {
      last().echoes = false;
      await world.pass(2500);
      last().echoes = true;
      await world.pass(500);
    }
    expect([connections.length, last().iceRestarts]).toEqual([1, 2]);
    last().echoes = false;
    await world.pass(2500);
    expect(connections).toHaveLength(2);
  });

  test("builds a new connection at once when the browser gives up, keeping local tracks", async () => {
    await connect();
    const voice = fakeTrack("voice");
    await call.send("audio", voice);
    last().becomes("failed");
    await world.pass(0);
    expect(connections).toHaveLength(2);
    expect(last().transceivers[0]?.sender.track).toBe(voice);
    expect(phases).toEqual(["connecting", "connected", "reconnecting"]);
  });

  test("does not send again a track that was taken away", async () => {
    await connect();
    await call.send("camera", fakeTrack("front"));
    await call.send("camera", null);
    last().becomes("failed");
    await world.pass(0);
    expect(last().transceivers[1]?.sender.track).toBeNull();
  });

  test("keeps the old pictures until new ones arrive", async () => {
    await connect();
    const face = fakeTrack("face");
    last().arrive(1, face);
    last().becomes("failed");
    await world.pass(0);
    expect(state().remote.camera).toBe(face);
  });

  test("forgets the gate with the connection that said it", async () => {
    await connect();
    last().say({ type: "gate", open: true });
    last().becomes("failed");
    expect(state().gateOpen).toBeNull();
  });

  test("makes a new offer when the node forgot the peer", async () => {
    await connect();
    last().say({ type: "closed", reason: "timed_out" });
    await world.pass(0);
    expect(offers).toBe(2);
  });

  test.each(["replaced", "room_closed"] as const)("stays closed when %s", async (reason) => {
    await connect();
    last().say({ type: "closed", reason });
    await world.pass(60_000);
    world.online();
    expect(state()).toMatchObject({ phase: "closed", closedReason: reason });
    expect(connections).toHaveLength(1);
    expect(world.pending).toBe(0);
  });

  test("goes on trying for more than two minutes while control is away", async () => {
    answer = async () => {
      throw new ApiError(503, "unavailable", "Later.");
    };
    call.start();
    await world.pass(150_000);
    expect(offers).toBeGreaterThan(25);
    answer = async () => ANSWER;
    await world.pass(5000);
    await last().comeUp();
    expect(state().phase).toBe("connected");
  });

  test("does not ask again when the visit is over", async () => {
    answer = async () => {
      throw new ApiError(401, "visit_needed", "Open your link.");
    };
    call.start();
    await world.pass(60_000);
    expect(state()).toMatchObject({ phase: "closed", closedReason: "refused" });
    expect(offers).toBe(1);
  });

  test("gives a connection up that has not come up within fifteen seconds", async () => {
    call.start();
    await world.pass(16_000);
    expect(connections).toHaveLength(2);
  });

  test("tries at once when the network comes back", async () => {
    answer = async () => {
      throw new ApiError(0, "unreachable", "No network.");
    };
    call.start();
    await world.pass(30_000);
    const before = offers;
    world.online();
    expect(offers).toBeGreaterThanOrEqual(before);
    await settle();
    expect(offers).toBe(before + 1);
  });

  test("restarts ICE at once when the network comes back while it is quiet", async () => {
    await connect();
    last().echoes = false;
    await world.pass(2500);
    world.online();
    await settle();
    expect(last().iceRestarts).toBe(2);
  });

  test("begins again after it was closed", async () => {
    await connect();
    last().say({ type: "closed", reason: "room_closed" });
    await connect();
    expect(state().phase).toBe("connected");
    expect(connections).toHaveLength(2);
  });

  test("leaves nothing behind when the page stops it", async () => {
    await connect();
    call.stop();
    expect(last().connectionState).toBe("closed");
    expect(world.pending).toBe(0);
    expect(state().phase).toBe("idle");
  });
});
