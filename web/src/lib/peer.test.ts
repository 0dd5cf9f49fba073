import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Peer, readNodeMessage } from "./peer";
import { FakeConnection, fakeTrack } from "./testing/connection";
import { flushPromises } from "./testing/world";

const ANSWER =
  "a=ice-ufrag:one\r\na=ice-pwd:p1\r\na=x-spare-ice:two p2\r\na=x-spare-ice:three p3\r\n";
const NO_TURN = Promise.resolve([]);

describe("a peer", () => {
  let connection: FakeConnection;
  let told: unknown[];
  let peer: Peer;

  beforeEach(() => {
    connection = new FakeConnection();
    told = [];
    peer = new Peer(
      {
        onMessage: (message) => told.push(message),
        onEcho: (text) => told.push(`echo ${text}`),
        onReady: () => told.push("ready"),
        onFailed: () => told.push("failed"),
        onEnded: () => told.push("ended"),
        onRemoteTrack: (slot, track) => told.push([slot, track]),
      },
      () => connection as unknown as RTCPeerConnection,
      () => ({ track: fakeTrack("noise"), stop: () => told.push("noise stopped") }),
    );
  });

  const open = () => peer.open(async () => ANSWER, NO_TURN);
  const bitrates = (index: number) => connection.transceivers[index]?.sender.maxBitrates;

  test("has audio, camera and screen both ways from the start, without a track", () => {
    expect(connection.transceivers.map(({ kind, direction }) => [kind, direction])).toEqual([
      ["audio", "sendrecv"],
      ["video", "sendrecv"],
      ["video", "sendrecv"],
    ]);
    expect(connection.transceivers.every(({ sender }) => sender.track === null)).toBe(true);
  });

  test("has its two data channels agreed in advance", () => {
    expect(connection.channel("state").options).toEqual({ negotiated: true, id: 0 });
    expect(connection.channel("ping").options).toEqual({
      negotiated: true,
      id: 1,
      ordered: false,
      maxRetransmits: 0,
    });
  });

  test("posts one offer, before any candidate was gathered, and applies the answer", async () => {
    const posted: string[] = [];
    await peer.open(async (offer) => {
      posted.push(offer);
      return ANSWER;
    }, NO_TURN);
    expect(posted).toEqual(["offer 0"]);
    expect(connection.answers).toEqual([ANSWER]);
  });

  test("sends and takes away tracks without a negotiation", async () => {
    await open();
    await peer.send("camera", fakeTrack("front"));
    expect(connection.transceivers[1]?.sender.track?.label).toBe("front");
    await peer.send("camera", null);
    expect(connection.transceivers[1]?.sender.track).toBeNull();
    expect(connection.answers).toHaveLength(1);
  });

  test("sends video at 150 kbps until the node lifts the cap", async () => {
    expect(bitrates(1)).toEqual([150_000]);
    await open();
    peer.cap(2_000_000);
    await flushPromises();
    expect(bitrates(1)?.at(-1)).toBe(2_000_000);
  });

  describe("that is asked to fill its line", () => {
    const screen = () => connection.transceivers[2]?.sender;
    beforeEach(async () => {
      vi.useFakeTimers();
      await open();
      peer.fill(1_500_000, 2_500);
      await flushPromises();
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    test("sends noise in the place of the screen, and the camera as before", () => {
      expect(screen()?.track?.label).toBe("noise");
      expect(screen()?.maxBitrates.at(-1)).toBe(1_500_000);
      expect(bitrates(1)?.at(-1)).toBe(150_000);
    });

    test("stops by itself", async () => {
      vi.advanceTimersByTime(2_499);
      expect(told).toEqual([]);
      vi.advanceTimersByTime(1);
      await flushPromises();
      expect(told).toEqual(["noise stopped"]);
      expect(screen()?.track).toBeNull();
      expect(screen()?.maxBitrates.at(-1)).toBe(150_000);
    });

    test("stops with the next cap, which comes with an opening gate", async () => {
      peer.cap(150_000);
      await flushPromises();
      expect(told).toEqual(["noise stopped"]);
      expect(screen()?.track).toBeNull();
      vi.advanceTimersByTime(5_000);
      expect(told).toEqual(["noise stopped"]);
    });

    test("gives way to a screen that is shown, and does not fill beside it", async () => {
      await peer.send("screen", fakeTrack("slides"));
      peer.fill(1_500_000, 2_500);
      expect(told).toEqual(["noise stopped"]);
      expect(screen()?.track?.label).toBe("slides");
    });

    test("stops when it is closed", () => {
      peer.close();
      expect(told).toEqual(["noise stopped"]);
    });

    test("fills once at a time", async () => {
      peer.fill(9_000_000, 9_000);
      await flushPromises();
      expect(screen()?.maxBitrates.at(-1)).toBe(1_500_000);
    });
  });

  test("ends with the last of caps that come together", async () => {
    await open();
    peer.cap(500_000);
    peer.cap(800_000);
    peer.cap(300_000);
    await flushPromises();
    expect(bitrates(1)?.at(-1)).toBe(300_000);
  });

  test("pauses the picture at a cap of nothing, and goes on with the next", async () => {
    await open();
    peer.cap(0);
    await flushPromises();
    expect(connection.transceivers[1]?.sender.active).toBe(false);
    peer.cap(200_000);
    await flushPromises();
    expect(connection.transceivers[1]?.sender.active).toBe(true);
    expect(bitrates(1)?.at(-1)).toBe(200_000);
  });

  test("sends video as the codec that the node names, and as its own first again", async () => {
    await open();
    peer.sendVideoAs("H264");
    await flushPromises();
    expect(connection.transceivers[1]?.sender.codec).toBe("video/H264");
    expect(connection.transceivers[2]?.sender.codec).toBe("video/H264");
    peer.cap(700_000);
    await flushPromises();
    expect(connection.transceivers[1]?.sender.codec).toBe("video/H264");
    peer.sendVideoAs(null);
    await flushPromises();
    expect(connection.transceivers[1]?.sender.codec).toBe("video/VP8");
    expect(connection.answers).toHaveLength(1);
  });

  test("shares the cap between camera and screen while a screen is shown", async () => {
    await open();
    peer.cap(1_000_000);
    await peer.send("screen", fakeTrack("slides"));
    await flushPromises();
    expect([bitrates(1)?.at(-1), bitrates(2)?.at(-1)]).toEqual([250_000, 750_000]);
    await peer.send("screen", null);
    await flushPromises();
    expect(bitrates(1)?.at(-1)).toBe(1_000_000);
  });

  test("restarts ICE with the next spare pair once the last one has carried an echo", async () => {
    await open();
    await peer.restartIce([]);
    connection.channel("ping").say("1");
    await peer.restartIce([]);
    expect(connection.iceRestarts).toBe(2);
    expect(connection.answers[1]).toContain("a=ice-ufrag:two\r\na=ice-pwd:p2");
    expect(connection.answers[2]).toContain("a=ice-ufrag:three\r\na=ice-pwd:p3");
  });

  test("tries a spare pair again that has not brought anything yet", async () => {
    await open();
    for (let i = 0; i < 3; i += 1) expect(await peer.restartIce([])).toBe(true);
    expect(new Set(connection.answers.slice(1)).size).toBe(1);
    expect(connection.answers[3]).toContain("a=ice-ufrag:two\r\na=ice-pwd:p2");
  });

  test("restarts with its last spare pair to the end", async () => {
    await open();
    for (let i = 0; i < 4; i += 1) {
      expect(await peer.restartIce([])).toBe(true);
      connection.channel("ping").say(String(i));
    }
    expect(connection.answers[4]).toContain("a=ice-ufrag:three");
  });

  test("gathers with TURN servers from the first offer on, and keeps the rest of its set-up", async () => {
    const first = [{ urls: "turn:turn.test", username: "1:x", credential: "a" }];
    const fresh = [{ urls: "turn:turn.test", username: "2:x", credential: "b" }];
    connection.configuration = { bundlePolicy: "max-bundle" };
    await peer.open(async () => ANSWER, Promise.resolve(first));
    await peer.restartIce(fresh);
    await peer.restartIce([]);
    expect(connection.gatheredWith).toEqual([
      { bundlePolicy: "max-bundle", iceServers: first },
      { bundlePolicy: "max-bundle", iceServers: fresh },
      { bundlePolicy: "max-bundle", iceServers: [] },
    ]);
  });

  test("leaves its set-up alone where there is no TURN", async () => {
    connection.configuration = { bundlePolicy: "max-bundle" };
    await open();
    await peer.restartIce([]);
    expect(connection.gatheredWith).toEqual(Array(2).fill({ bundlePolicy: "max-bundle" }));
  });

  test("posts nothing when it was closed while it waited for TURN servers", async () => {
    const posted: string[] = [];
    let answer: (servers: []) => void = () => undefined;
    const opening = peer.open(
      async (offer) => {
        posted.push(offer);
        return ANSWER;
      },
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    peer.close();
    answer([]);
    await opening;
    expect([posted, connection.localDescription]).toEqual([[], null]);
  });

  test("does not restart into a restart that is still under way", async () => {
    await open();
    connection.signalingState = "have-local-offer";
    expect(await peer.restartIce([])).toBe(true);
    expect(connection.iceRestarts).toBe(0);
  });

  test("cannot restart before it has an answer, nor with one without spares", async () => {
    expect(await peer.restartIce([])).toBe(false);
    await peer.open(async () => "a=ice-ufrag:one\r\na=ice-pwd:p1\r\n", NO_TURN);
    expect(await peer.restartIce([])).toBe(false);
  });

  test("names remote tracks by their m-line", () => {
    const [voice, slides] = [fakeTrack("voice"), fakeTrack("slides")];
    connection.arrive(0, voice);
    connection.arrive(2, slides);
    expect(told).toEqual([
      ["audio", voice],
      ["screen", slides],
    ]);
  });

  test("is ready once the connection is up and pings can leave", async () => {
    connection.becomes("connected");
    expect(told).toEqual([]);
    connection.channel("ping").open();
    expect(told).toEqual(["ready"]);
  });

  test("fails when the browser gives up, and ends when the node closes the channel", () => {
    connection.becomes("failed");
    connection.channel("state").onclose?.();
    expect(told).toEqual(["failed", "ended"]);
  });

  test("ends when the connection failed and its ICE did not: DTLS is over", () => {
    connection.becomes("failed", "disconnected");
    expect(told).toEqual(["ended"]);
  });

  test("says nothing once it is closed", async () => {
    peer.close();
    connection.say({ type: "gate", open: true });
    connection.becomes("failed");
    connection.arrive(0, fakeTrack("voice"));
    await open();
    expect(told).toEqual([]);
    expect(connection.answers).toEqual([]);
  });
});

describe("a message of the node", () => {
  test("is an object with a type", () => {
    expect(readNodeMessage('{"type":"gate","open":true}')).toEqual({ type: "gate", open: true });
  });

  test.each(["", "7", "null", '"gate"', "{}", "{"])("is not %s", (text) => {
    expect(readNodeMessage(text)).toBeNull();
  });
});
