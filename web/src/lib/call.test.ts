import { beforeEach, describe, expect, test } from "vitest";
import { ApiError } from "./api";
import { Call, type CallState } from "./call";
import { FakeConnection, fakeTrack, MutedTrack } from "./testing/connection";
import { flushPromises, World } from "./testing/world";
import type { IceServers } from "./types";

const ANSWER =
  "a=ice-ufrag:one\r\na=ice-pwd:p1\r\na=x-spare-ice:two p2\r\na=x-spare-ice:three p3\r\n";

describe("a call", () => {
  let world: World;
  let connections: FakeConnection[];
  let offers: number;
  let answer: () => Promise<string>;
  let servers: () => Promise<IceServers>;
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
    servers = async () => ({ servers: [], lifetime_s: 0 });
    call = new Call(
      {
        offer: () => {
          offers += 1;
          return answer();
        },
        iceServers: () => servers(),
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
    await flushPromises();
    await last().comeUp();
  }

  test("is connected when the first ping comes back, not when the browser says so", async () => {
    call.start();
    await flushPromises();
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
    last().say({ type: "codec", video: "H264" });
    await flushPromises();
    expect(state()).toMatchObject({ gateOpen: true, otherConnected: true });
    expect(state().proof).toEqual({
      heard_age_ms: 20,
      level_dbfs: -30,
      seen_age_ms: 40,
      frames_per_s: 30,
    });
    expect(last().transceivers[1]?.sender.maxBitrates.at(-1)).toBe(900_000);
    expect(last().transceivers[1]?.sender.codec).toBe("video/H264");
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

  test("restarts ICE after a good second of silence, asking no server", async () => {
    await connect();
    last().echoes = false;
    await world.pass(1600);
    expect(state().phase).toBe("reconnecting");
    expect(last().iceRestarts).toBe(1);
    expect(offers).toBe(1);
    last().echoes = true;
    await world.pass(500);
    expect(state().phase).toBe("connected");
    expect(connections).toHaveLength(1);
  });

  test("restarts with the newest TURN credentials, and with the last ones without control", async () => {
    let asked = 0;
    const gatherings = () =>
      connections[0]?.gatheredWith.flatMap(({ iceServers }) => iceServers ?? []) ?? [];
    const credentials = () => gatherings().map(({ username }) => username);
    answer = async () => {
      if (!world.controlAnswers) throw new ApiError(0, "unreachable", "");
      return ANSWER;
    };
    servers = async () => {
      if (!world.controlAnswers) throw new ApiError(0, "unreachable", "");
      asked += 1;
      return { servers: [{ urls: [], username: `${asked}`, credential: "" }], lifetime_s: 60 };
    };
    await connect();
    await world.pass(21_000);
    last().echoes = false;
    await world.pass(1_600);
    world.controlAnswers = false;
    await world.pass(60_000);
    expect(credentials()[0]).toBe("1");
    expect(credentials().length).toBeGreaterThan(5);
    expect(new Set(credentials().slice(1))).toEqual(new Set(["2"]));
  });

  test("keeps restarting the one peer while neither node nor control can be reached", async () => {
    await connect();
    last().echoes = false;
    world.controlAnswers = false;
    await world.pass(12_000);
    expect(last().iceRestarts).toBeGreaterThan(4);
    expect([offers, connections.length]).toEqual([1, 1]);
    last().echoes = true;
    await world.pass(500);
    expect(state().phase).toBe("connected");
  });

  test("gives the restart its chance when a network of ten seconds' absence returns", async () => {
    await connect();
    last().echoes = false;
    world.controlAnswers = false;
    await world.pass(10_000);
    world.controlAnswers = true;
    await world.pass(900);
    last().echoes = true;
    await world.pass(5000);
    expect([offers, connections.length]).toEqual([1, 1]);
    expect(state().phase).toBe("connected");
  });

  test("offers a new peer when control answers and restarts bring nothing: a dead node", async () => {
    await connect();
    last().echoes = false;
    await world.pass(3500);
    expect(connections).toHaveLength(2);
    expect(connections[0]?.connectionState).toBe("connected");
    await last().comeUp();
    expect(state().phase).toBe("connected");
    expect(connections[0]?.connectionState).toBe("closed");
  });

  test("is back within a second of a dead node's successor", async () => {
    await connect();
    last().echoes = false;
    answer = async () => {
      throw new ApiError(503, "media_away", "Later.");
    };
    await world.pass(4000);
    expect(state().phase).toBe("reconnecting");
    answer = async () => ANSWER;
    await world.pass(1000);
    await last().comeUp();
    expect(state().phase).toBe("connected");
  });

  test("goes on with the old peer when it lives before the offer was answered", async () => {
    await connect();
    const old = last();
    old.echoes = false;
    let refuse = (_: Error): void => undefined;
    answer = () => new Promise((_, reject) => (refuse = reject));
    await world.pass(3500);
    old.echoes = true;
    await world.pass(500);
    expect(state().phase).toBe("connected");
    refuse(new ApiError(0, "unreachable", "No network."));
    await world.pass(5000);
    expect(state().phase).toBe("connected");
    expect([offers, connections.length]).toEqual([2, 2]);
    expect(last().connectionState).toBe("closed");
  });

  test("is not ended by its own newer offer, but by another page's", async () => {
    await connect();
    const old = last();
    old.echoes = false;
    await world.pass(3500);
    old.say({ type: "closed", reason: "replaced" });
    expect(state().phase).toBe("reconnecting");
    await last().comeUp();
    last().say({ type: "closed", reason: "replaced" });
    expect(state()).toMatchObject({ phase: "closed", closedReason: "replaced" });
  });

  test("restarts and then offers when the browser gives up, keeping local tracks", async () => {
    await connect();
    const voice = fakeTrack("voice");
    await call.send("audio", voice);
    last().echoes = false;
    last().becomes("failed");
    await flushPromises();
    expect(last().iceRestarts).toBe(1);
    await world.pass(1500);
    expect(connections).toHaveLength(2);
    expect(last().transceivers[0]?.sender.track).toBe(voice);
    expect(phases).toEqual(["connecting", "connected", "reconnecting"]);
  });

  test("offers at once when DTLS failed, which no restart brings back", async () => {
    await connect();
    last().echoes = false;
    last().becomes("failed", "disconnected");
    await world.pass(100);
    expect(connections).toHaveLength(2);
    expect(connections[0]?.iceRestarts).toBe(0);
  });

  test("offers at once when the node ended the connection", async () => {
    await connect();
    last().channel("state").onclose?.();
    await world.pass(200);
    expect(connections).toHaveLength(2);
  });

  test("offers again, less and less often, while new peers fail", async () => {
    await connect();
    last().channel("state").onclose?.();
    for (let i = 0; i < 4; i += 1) {
      await world.pass(2200);
      last().becomes("failed");
    }
    expect(connections.length).toBe(5);
    await world.pass(2200);
    await last().comeUp();
    expect(state().phase).toBe("connected");
  });

  test("sends new tracks on the old peer and the one that is to follow", async () => {
    await connect();
    last().channel("state").onclose?.();
    await world.pass(200);
    const voice = fakeTrack("voice");
    await call.send("audio", voice);
    const sent = connections.map((each) => each.transceivers[0]?.sender.track);
    expect(sent).toEqual([voice, voice]);
  });

  test("does not send again a track that was taken away", async () => {
    await connect();
    await call.send("camera", fakeTrack("front"));
    await call.send("camera", null);
    last().channel("state").onclose?.();
    await world.pass(200);
    expect(last().transceivers[1]?.sender.track).toBeNull();
  });

  test("shows the old picture until the new one has its first packet", async () => {
    await connect();
    const face = fakeTrack("face");
    last().arrive(1, face);
    last().channel("state").onclose?.();
    await world.pass(200);
    const again = new MutedTrack("face again");
    last().arrive(1, again.asTrack);
    await last().comeUp();
    expect(state().phase).toBe("connected");
    expect(state().remote.camera).toBe(face);
    expect(connections[0]?.connectionState).toBe("connected");
    connections[0]?.say({ type: "gate", open: true });
    expect(state().gateOpen).toBeNull();
    again.unmute();
    expect(state().remote.camera).toBe(again);
    expect(connections[0]?.connectionState).toBe("closed");
  });

  test("forgets the gate with the connection that said it", async () => {
    await connect();
    last().say({ type: "gate", open: true });
    last().channel("state").onclose?.();
    expect(state().gateOpen).toBeNull();
  });

  test("takes no word of a replaced peer for the new one's", async () => {
    await connect();
    const old = last();
    old.echoes = false;
    await world.pass(3500);
    old.say({ type: "gate", open: true });
    expect(state().gateOpen).toBeNull();
    last().say({ type: "gate", open: false });
    expect(state().gateOpen).toBe(false);
  });

  test("makes a new offer when the node forgot the peer", async () => {
    await connect();
    last().say({ type: "closed", reason: "timed_out" });
    await world.pass(500);
    expect(offers).toBe(2);
    expect(state().phase).toBe("reconnecting");
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
    await world.pass(6000);
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
    expect(connections[0]?.connectionState).toBe("closed");
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
    await flushPromises();
    expect(offers).toBe(before + 1);
  });

  test("restarts ICE at once when the network comes back while it is quiet", async () => {
    await connect();
    last().echoes = false;
    await world.pass(1900);
    world.online();
    await flushPromises();
    expect(last().iceRestarts).toBe(2);
  });

  test("doubts the line sooner when the device says that its network changed", async () => {
    await connect();
    await world.pass(700);
    last().echoes = false;
    world.online();
    await world.pass(700);
    expect(state().phase).toBe("reconnecting");
    expect(last().iceRestarts).toBe(1);
  });

  test("asks often while an echo is late, and leaves a line alone that lost one", async () => {
    await connect();
    await world.pass(700);
    const asked = last().channel("ping").sent.length;
    last().echoes = false;
    await world.pass(900);
    last().echoes = true;
    await world.pass(100);
    expect(last().channel("ping").sent.length - asked).toBeGreaterThanOrEqual(4);
    const answered = last().channel("ping").sent.length;
    await world.pass(5000);
    expect(last().channel("ping").sent.length - answered).toBeLessThanOrEqual(11);
    expect(last().iceRestarts).toBe(0);
    expect(phases).toEqual(["connecting", "connected"]);
  });

  test("offers within two seconds and a half when control answers all along", async () => {
    await connect();
    last().echoes = false;
    await world.pass(2500);
    expect(connections[0]?.iceRestarts).toBe(1);
    expect(offers).toBe(2);
  });

  test("leaves a line alone that answers when the network changed", async () => {
    await connect();
    for (let i = 0; i < 5; i += 1) {
      world.online();
      await world.pass(700);
    }
    expect(last().iceRestarts).toBe(0);
    expect(world.checks).toBe(0);
    expect(phases).toEqual(["connecting", "connected"]);
  });

  /** Let sound come for a while, a packet whenever time moves. */
  async function hear(forMs: number): Promise<void> {
    const receiver = last().transceivers[0]?.receiver;
    for (let passed = 0; passed < forMs; passed += 20) {
      if (receiver) receiver.timestamp = world.now() + 1;
      await world.pass(20);
    }
  }

  test("restarts within 650 ms when media and echoes stop together", async () => {
    await connect();
    await hear(1000);
    last().echoes = false;
    await world.pass(650);
    expect(last().iceRestarts).toBe(1);
  });

  test("leaves a line alone whose media stops while it echoes, and asks it no more often", async () => {
    await connect();
    await hear(1000);
    await world.pass(1000);
    const pings = last().channel("ping").sent.length;
    await world.pass(5000);
    expect(last().iceRestarts).toBe(0);
    expect(last().channel("ping").sent.length - pings).toBe(10);
  });

  test("gives a line 0.9 s whose pings are lost while media flows", async () => {
    await connect();
    last().echoes = false;
    await hear(880);
    expect(last().iceRestarts).toBe(0);
  });

  test("gives a long line whose media stops the time of its round trips", async () => {
    await connect();
    last().delayEchoes((say) => world.after(400, say));
    await hear(1000);
    last().echoes = false;
    await world.pass(1000);
    expect(last().iceRestarts).toBe(0);
    await world.pass(1000);
    expect(last().iceRestarts).toBe(1);
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
