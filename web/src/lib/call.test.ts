import { beforeEach, describe, expect, test } from "vitest";
import { ApiError } from "./api";
import { ANSWER, CallingPage } from "./testing/call";
import { fakeTrack } from "./testing/connection";
import { flushPromises } from "./testing/world";

describe("a call", () => {
  let page: CallingPage;

  beforeEach(() => {
    page = new CallingPage();
  });

  test("is connected when the first ping comes back, not when the browser says so", async () => {
    page.call.start();
    await flushPromises();
    page.last().echoes = false;
    await page.last().comeUp();
    expect(page.state.phase).toBe("connecting");
    page.last().echoes = true;
    await page.world.pass(500);
    expect(page.state.phase).toBe("connected");
    expect(page.state.rttMs).toBe(0);
  });

  test("is blocked after 20 s in which the server answers and nothing passes", async () => {
    page.call.start();
    await page.world.pass(19_900);
    expect(page.state).toMatchObject({ phase: "connecting", blocked: false });
    await page.world.pass(200);
    expect(page.state).toMatchObject({ phase: "connecting", blocked: true });
    await page.last().comeUp();
    await page.world.pass(500);
    expect(page.state).toMatchObject({ phase: "connected", blocked: false });
    page.call.stop();
    page.call.start();
    await page.world.pass(1_000);
    expect(page.state.blocked).toBe(false);
  });

  test("blames no network while the server does not answer", async () => {
    page.answer = () => Promise.reject(new ApiError(503, "busy", "No."));
    page.call.start();
    await page.world.pass(25_000);
    expect(page.state.blocked).toBe(false);
    page.answer = async () => ANSWER;
    await page.world.pass(19_000);
    expect(page.state.blocked).toBe(false);
    await page.world.pass(3_000);
    expect(page.state.blocked).toBe(true);
  });

  test("tells what the node says", async () => {
    await page.connect();
    page.last().say({ type: "gate", open: true });
    page.last().say({ type: "other", connected: true, paused: true, weak: true });
    page.last().say({
      type: "media",
      heard_age_ms: 20,
      level_dbfs: -30,
      seen_age_ms: 40,
      frames_per_s: 30,
    });
    page.last().say({ type: "cap", video_bps: 900_000 });
    page.last().say({ type: "codec", video: "H264" });
    await flushPromises();
    const other = { otherConnected: true, otherPaused: true, otherWeak: true };
    expect(page.state).toMatchObject({ gateOpen: true, ...other });
    page.last().say({ type: "other", connected: true }); // as an older node says it
    await flushPromises();
    expect(page.state).toMatchObject({ otherPaused: false, otherWeak: false });
    expect(page.state.proof).toEqual({
      heard_age_ms: 20,
      level_dbfs: -30,
      seen_age_ms: 40,
      frames_per_s: 30,
    });
    expect(page.last().transceivers[1]?.sender.maxBitrates.at(-1)).toBe(900_000);
    expect(page.last().transceivers[1]?.sender.codec).toBe("video/H264");
  });

  test("tells how the line is, and of a check, apart and each until the next word of it", async () => {
    await page.connect();
    const line = { level: "fair", cause: "loss_up" };
    page.last().say({ type: "quality", ...line });
    page.last().say({
      type: "check",
      state: "running",
      started_at: "2026-11-23T10:00:00Z",
      quality: line,
    });
    page
      .last()
      .say({ type: "media", heard_age_ms: 20, level_dbfs: -30, seen_age_ms: 40, frames_per_s: 30 });
    expect(page.state.quality).toMatchObject(line);
    expect(page.state.check).toMatchObject({ state: "running", quality: line });
  });

  test("tells the node what the browser noticed, every few seconds while it is connected", async () => {
    await page.connect();
    const said = () =>
      page
        .last()
        .channel("state")
        .sent.map((text) => JSON.parse(text));
    page.last().stats = [
      {
        id: "V",
        type: "inbound-rtp",
        kind: "video",
        mid: "1",
        freezeCount: 1,
        totalFreezesDuration: 1,
      },
    ];
    await page.world.pass(1_000);
    expect(said()).toEqual([{ type: "page" }]);
    page.last().stats = [
      {
        id: "V",
        type: "inbound-rtp",
        kind: "video",
        mid: "1",
        freezeCount: 2,
        totalFreezesDuration: 1.5,
      },
    ];
    await page.world.pass(4_000);
    expect(said()[1]).toEqual({ type: "page", freezes: 1, frozen_ms: 500 });
    await page.world.pass(20_000);
    expect(said()).toHaveLength(7);
  });

  test("says nothing of a connection whose browser keeps no statistics", async () => {
    await page.connect();
    page.last().getStats = () => Promise.reject(new Error("closed"));
    await page.world.pass(9_000);
    expect(page.last().channel("state").sent.length).toBeLessThanOrEqual(1);
    expect(page.state.phase).toBe("connected");
  });

  test("knows when it is told to send no picture, and when again to send one", async () => {
    await page.connect();
    expect(page.state.ownPaused).toBe(false);
    page.last().say({ type: "cap", video_bps: 0 });
    expect(page.state.ownPaused).toBe(true);
    page.last().say({ type: "cap", video_bps: 200_000 });
    expect(page.state.ownPaused).toBe(false);
  });

  test("passes the clock on, and its withdrawal", async () => {
    await page.connect();
    const tick = {
      type: "clock",
      started_at: "2026-11-23T10:00:00Z",
      elapsed_s: 3,
      connected_s: 3,
    };
    page.last().say(tick);
    page.last().say({ type: "clock_hidden" });
    expect(page.clocks).toEqual([tick, null]);
  });

  test("sends new tracks on the old peer and the one that is to follow", async () => {
    await page.connect();
    page.last().channel("state").onclose?.();
    await page.world.pass(200);
    const voice = fakeTrack("voice");
    await page.call.send("audio", voice);
    const sent = page.connections.map((each) => each.transceivers[0]?.sender.track);
    expect(sent).toEqual([voice, voice]);
  });

  test("does not send again a track that was taken away", async () => {
    await page.connect();
    await page.call.send("camera", fakeTrack("front"));
    await page.call.send("camera", null);
    page.last().channel("state").onclose?.();
    await page.world.pass(200);
    expect(page.last().transceivers[1]?.sender.track).toBeNull();
  });

  test("forgets the gate with the connection that said it", async () => {
    await page.connect();
    page.last().say({ type: "gate", open: true });
    page.last().channel("state").onclose?.();
    expect(page.state.gateOpen).toBeNull();
  });

  test.each(["replaced", "room_closed"] as const)("stays closed when %s", async (reason) => {
    await page.connect();
    page.last().say({ type: "closed", reason });
    await page.world.pass(60_000);
    page.world.online();
    expect(page.state).toMatchObject({ phase: "closed", closedReason: reason });
    expect(page.connections).toHaveLength(1);
    expect(page.world.pending).toBe(0);
  });

  test("goes on trying for more than two minutes while control is away", async () => {
    page.answer = async () => {
      throw new ApiError(503, "unavailable", "Later.");
    };
    page.call.start();
    await page.world.pass(150_000);
    expect(page.offers).toBeGreaterThan(25);
    page.answer = async () => ANSWER;
    await page.world.pass(6000);
    await page.last().comeUp();
    expect(page.state.phase).toBe("connected");
  });

  test("does not ask again when the visit is over", async () => {
    page.answer = async () => {
      throw new ApiError(401, "visit_needed", "Open your link.");
    };
    page.call.start();
    await page.world.pass(60_000);
    expect(page.state).toMatchObject({ phase: "closed", closedReason: "refused" });
    expect(page.offers).toBe(1);
  });

  test("gives a connection up that has not come up within fifteen seconds", async () => {
    page.call.start();
    await page.world.pass(16_000);
    expect(page.connections).toHaveLength(2);
    expect(page.connections[0]?.connectionState).toBe("closed");
  });

  test("tries at once when the network comes back", async () => {
    page.answer = async () => {
      throw new ApiError(0, "unreachable", "No network.");
    };
    page.call.start();
    await page.world.pass(30_000);
    const before = page.offers;
    page.world.online();
    expect(page.offers).toBeGreaterThanOrEqual(before);
    await flushPromises();
    expect(page.offers).toBe(before + 1);
  });

  test("begins again after it was closed", async () => {
    await page.connect();
    page.last().say({ type: "closed", reason: "room_closed" });
    await page.connect();
    expect(page.state.phase).toBe("connected");
    expect(page.connections).toHaveLength(2);
  });

  test("leaves nothing behind when the page stops it", async () => {
    await page.connect();
    page.call.stop();
    expect(page.last().connectionState).toBe("closed");
    expect(page.world.pending).toBe(0);
    expect(page.state.phase).toBe("idle");
  });
});
