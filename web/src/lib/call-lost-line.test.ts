import { beforeEach, describe, expect, test } from "vitest";
import { ApiError } from "./api";
import { ANSWER, CallingPage } from "./testing/call";
import { fakeTrack, MutedTrack } from "./testing/connection";
import { flushPromises } from "./testing/world";

describe("a call whose line is lost", () => {
  let page: CallingPage;

  beforeEach(() => {
    page = new CallingPage();
  });

  test("restarts ICE after a good second of silence, asking no server", async () => {
    await page.connect();
    page.last().echoes = false;
    await page.world.pass(1600);
    expect(page.state.phase).toBe("reconnecting");
    expect(page.last().iceRestarts).toBe(1);
    expect(page.offers).toBe(1);
    page.last().echoes = true;
    await page.world.pass(500);
    expect(page.state.phase).toBe("connected");
    expect(page.connections).toHaveLength(1);
  });

  test("restarts with the newest TURN credentials, and with the last ones without control", async () => {
    let asked = 0;
    const gatherings = () =>
      page.connections[0]?.gatheredWith.flatMap(({ iceServers }) => iceServers ?? []) ?? [];
    const credentials = () => gatherings().map(({ username }) => username);
    page.answer = async () => {
      if (!page.world.controlAnswers) throw new ApiError(0, "unreachable", "");
      return ANSWER;
    };
    page.servers = async () => {
      if (!page.world.controlAnswers) throw new ApiError(0, "unreachable", "");
      asked += 1;
      return { servers: [{ urls: [], username: `${asked}`, credential: "" }], lifetime_s: 60 };
    };
    await page.connect();
    await page.world.pass(21_000);
    page.last().echoes = false;
    await page.world.pass(1_600);
    page.world.controlAnswers = false;
    await page.world.pass(60_000);
    expect(credentials()[0]).toBe("1");
    expect(credentials().length).toBeGreaterThan(5);
    expect(new Set(credentials().slice(1))).toEqual(new Set(["2"]));
  });

  test("keeps restarting the one peer while neither node nor control can be reached", async () => {
    await page.connect();
    page.last().echoes = false;
    page.world.controlAnswers = false;
    await page.world.pass(12_000);
    expect(page.last().iceRestarts).toBeGreaterThan(4);
    expect([page.offers, page.connections.length]).toEqual([1, 1]);
    page.last().echoes = true;
    await page.world.pass(500);
    expect(page.state.phase).toBe("connected");
  });

  test("gives the restart its chance when a network of ten seconds' absence returns", async () => {
    await page.connect();
    page.last().echoes = false;
    page.world.controlAnswers = false;
    await page.world.pass(10_000);
    page.world.controlAnswers = true;
    await page.world.pass(900);
    page.last().echoes = true;
    await page.world.pass(5000);
    expect([page.offers, page.connections.length]).toEqual([1, 1]);
    expect(page.state.phase).toBe("connected");
  });

  test("offers a new peer when control answers and restarts bring nothing: a dead node", async () => {
    await page.connect();
    page.last().echoes = false;
    await page.world.pass(3500);
    expect(page.connections).toHaveLength(2);
    expect(page.connections[0]?.connectionState).toBe("connected");
    await page.last().comeUp();
    expect(page.state.phase).toBe("connected");
    expect(page.connections[0]?.connectionState).toBe("closed");
  });

  test("is back within a second of a dead node's successor", async () => {
    await page.connect();
    page.last().echoes = false;
    page.answer = async () => {
      throw new ApiError(503, "media_away", "Later.");
    };
    await page.world.pass(4000);
    expect(page.state.phase).toBe("reconnecting");
    page.answer = async () => ANSWER;
    await page.world.pass(1000);
    await page.last().comeUp();
    expect(page.state.phase).toBe("connected");
  });

  test("goes on with the old peer when it lives before the offer was answered", async () => {
    await page.connect();
    const old = page.last();
    old.echoes = false;
    let refuse = (_: Error): void => undefined;
    page.answer = () => new Promise((_, reject) => (refuse = reject));
    await page.world.pass(3500);
    old.echoes = true;
    await page.world.pass(500);
    expect(page.state.phase).toBe("connected");
    refuse(new ApiError(0, "unreachable", "No network."));
    await page.world.pass(5000);
    expect(page.state.phase).toBe("connected");
    expect([page.offers, page.connections.length]).toEqual([2, 2]);
    expect(page.last().connectionState).toBe("closed");
  });

  test("stays lost through restarts and new peers until an echo comes", async () => {
    await page.connect();
    page.last().echoes = false;
    await page.world.pass(60_000);
    expect(page.offers).toBeGreaterThan(3);
    expect(page.phases).toEqual(["connecting", "connected", "reconnecting"]);
    await page.last().comeUp();
    expect(page.state.phase).toBe("connected");
  });

  test("is not ended by its own newer offer, but by another page's", async () => {
    await page.connect();
    const old = page.last();
    old.echoes = false;
    await page.world.pass(3500);
    old.say({ type: "closed", reason: "replaced" });
    expect(page.state.phase).toBe("reconnecting");
    await page.last().comeUp();
    page.last().say({ type: "closed", reason: "replaced" });
    expect(page.state).toMatchObject({ phase: "closed", closedReason: "replaced" });
  });

  test("restarts and then offers when the browser gives up, keeping local tracks", async () => {
    await page.connect();
    const voice = fakeTrack("voice");
    await page.call.send("audio", voice);
    page.last().echoes = false;
    page.last().becomes("failed");
    await flushPromises();
    expect(page.last().iceRestarts).toBe(1);
    await page.world.pass(1500);
    expect(page.connections).toHaveLength(2);
    expect(page.last().transceivers[0]?.sender.track).toBe(voice);
    expect(page.phases).toEqual(["connecting", "connected", "reconnecting"]);
  });

  test("offers at once when DTLS failed, which no restart brings back", async () => {
    await page.connect();
    page.last().echoes = false;
    page.last().becomes("failed", "disconnected");
    await page.world.pass(100);
    expect(page.connections).toHaveLength(2);
    expect(page.connections[0]?.iceRestarts).toBe(0);
  });

  test("offers at once when the node ended the connection", async () => {
    await page.connect();
    page.last().channel("state").onclose?.();
    await page.world.pass(200);
    expect(page.connections).toHaveLength(2);
  });

  test("offers again, less and less often, while new peers fail", async () => {
    await page.connect();
    page.last().channel("state").onclose?.();
    for (let i = 0; i < 4; i += 1) {
      await page.world.pass(2200);
      page.last().becomes("failed");
    }
    expect(page.connections.length).toBe(5);
    await page.world.pass(2200);
    await page.last().comeUp();
    expect(page.state.phase).toBe("connected");
  });

  test("shows the old picture until the new one has its first packet", async () => {
    await page.connect();
    const face = fakeTrack("face");
    page.last().arrive(1, face);
    page.last().channel("state").onclose?.();
    await page.world.pass(200);
    const again = new MutedTrack("face again");
    page.last().arrive(1, again.asTrack);
    await page.last().comeUp();
    expect(page.state.phase).toBe("connected");
    expect(page.state.remote.camera).toBe(face);
    expect(page.connections[0]?.connectionState).toBe("connected");
    page.connections[0]?.say({ type: "gate", open: true });
    expect(page.state.gateOpen).toBeNull();
    again.unmute();
    expect(page.state.remote.camera).toBe(again);
    expect(page.connections[0]?.connectionState).toBe("closed");
  });

  test("takes no word of a replaced peer for the new one's", async () => {
    await page.connect();
    const old = page.last();
    old.echoes = false;
    await page.world.pass(3500);
    old.say({ type: "gate", open: true });
    expect(page.state.gateOpen).toBeNull();
    page.last().say({ type: "gate", open: false });
    expect(page.state.gateOpen).toBe(false);
  });

  test("makes a new offer when the node forgot the peer", async () => {
    await page.connect();
    page.last().say({ type: "closed", reason: "timed_out" });
    await page.world.pass(500);
    expect(page.offers).toBe(2);
    expect(page.state.phase).toBe("reconnecting");
  });

  test("restarts ICE at once when the network comes back while it is quiet", async () => {
    await page.connect();
    page.last().echoes = false;
    await page.world.pass(1900);
    page.world.online();
    await flushPromises();
    expect(page.last().iceRestarts).toBe(2);
  });

  test("offers within two seconds and a half when control answers all along", async () => {
    await page.connect();
    page.last().echoes = false;
    await page.world.pass(2500);
    expect(page.connections[0]?.iceRestarts).toBe(1);
    expect(page.offers).toBe(2);
  });
});
