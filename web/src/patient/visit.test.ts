import { beforeEach, describe, expect, test } from "vitest";
import { ApiError } from "../lib/api";
import { MOVED, REVOKED } from "../lib/live";
import { flushPromises } from "../lib/testing/world";
import type { Visit } from "../lib/types";
import { Surroundings, VISIT, WHOM } from "./testing/surroundings";
import type { VisitFlow } from "./visit";

const UNREACHABLE = new ApiError(0, "unreachable", "No answer.");
const GONE = new ApiError(404, "link_unknown", "This link does not work.");

describe("a visit", () => {
  let around: Surroundings;
  let flow: VisitFlow;

  beforeEach(() => {
    around = new Surroundings();
    flow = around.flow();
  });

  async function enter(): Promise<void> {
    await flow.begin();
    await flow.enter();
  }

  test("only looks whom a link is for until a person presses Continue", async () => {
    await flow.begin();
    expect(flow.stage.value).toBe("welcome");
    expect(flow.who.value).toEqual(WHOM);
    expect(around.done).toEqual(["preview secret"]);
  });

  test("speaks the patient's language before it greets, and the language chosen here afterwards", async () => {
    around.whom = async () => ({ ...WHOM, language: "de" });
    await flow.begin();
    await flow.chooseLanguage("es");
    await flow.enter();
    await around.flow().begin();
    expect(around.spoken).toEqual(["de", "es", "es"]);
  });

  test("unlocks sound, connects and asks for devices with one click", async () => {
    await enter();
    expect(flow.stage.value).toBe("inside");
    expect(around.done.slice(1)).toEqual([
      "unlock sound",
      "open secret",
      "read chat",
      "open live",
      "start call",
      "ask devices",
    ]);
  });

  test("without a token in the address goes by this browser's cookie", async () => {
    flow = around.flow(null);
    await flow.begin();
    expect(around.done).toEqual(["current"]);
  });

  test("is claimed once, however often Continue is pressed", async () => {
    await flow.begin();
    await Promise.all([flow.enter(), flow.enter()]);
    expect(around.done.filter((what) => what === "open secret")).toHaveLength(1);
  });

  test.each([
    ["another tab of this browser", null, VISIT],
    ["a tab that went in by another link", "other li", VISIT],
    ["a reload when nobody is in the visit any more", "secret", { ...VISIT, joined: false }],
  ])("waits for a click in %s", async (_, mark, visit) => {
    around.mark = mark;
    around.answer = async () => visit;
    await flow.begin();
    expect(flow.stage.value).toBe("welcome");
    expect(around.done).not.toContain("open live");
  });

  test("goes on without a click after a reload in the waiting room", async () => {
    around.mark = "secret";
    await flow.begin();
    expect(flow.stage.value).toBe("inside");
    expect(around.done).toEqual(["current", "read chat", "open live", "start call", "ask devices"]);
  });

  test("goes on without a click after a reload", async () => {
    around.mark = "secret";
    around.answer = async () => ({ ...VISIT, state: "in_contact" });
    flow = around.flow(null);
    await flow.begin();
    expect(flow.stage.value).toBe("inside");
    expect(flow.admitted.value).toBe(true);
    expect(around.done).not.toContain("ring");
  });

  test("keeps the token in the address until admission, then rings and drops it", async () => {
    await enter();
    expect(around.done).not.toContain("drop token");
    around.become({ gateOpen: true });
    expect(flow.admitted.value).toBe(true);
    expect(around.done.slice(-2)).toEqual(["drop token", "ring"]);
  });

  test("believes the node about the gate before control has said so", async () => {
    await enter();
    around.say({ type: "visit", visit: { ...VISIT, state: "in_contact" } });
    around.become({ gateOpen: false });
    expect(flow.admitted.value).toBe(false);
  });

  test("stays in the room while its line is lost", async () => {
    await enter();
    around.say({ type: "visit", visit: { ...VISIT, state: "in_contact" } });
    around.become({ gateOpen: true });
    around.become({ phase: "reconnecting", gateOpen: null });
    expect(flow.admitted.value).toBe(true);
  });

  test("rings again after it was sent back to the waiting room", async () => {
    await enter();
    for (const gateOpen of [true, false, true]) around.become({ gateOpen });
    expect(around.done.filter((what) => what === "ring")).toHaveLength(2);
  });

  test("ends when the therapist ends it, and lets camera and microphone go", async () => {
    await enter();
    around.say({ type: "visit", visit: { ...VISIT, state: "ended" } });
    expect(flow.stage.value).toBe("ended");
    expect(around.done.slice(-3)).toEqual(["close live", "stop call", "stop devices"]);
  });

  test("keeps a hint of the therapist's until it is closed, or the visit is over", async () => {
    await enter();
    around.say({ type: "hint" });
    expect(flow.hinted.value).toBe(true);
    around.say({ type: "visit", visit: { ...VISIT, state: "ended" } });
    expect(flow.hinted.value).toBe(false);
  });

  test("has the same words for a link that is unknown, expired or revoked", async () => {
    around.whom = () => Promise.reject(GONE);
    await flow.begin();
    expect(flow.stage.value).toBe("invalid");
  });

  test("is cut off when the link is revoked", async () => {
    await enter();
    around.live?.onClosed(REVOKED);
    expect(flow.stage.value).toBe("revoked");
    expect(around.done).toContain("stop call");
  });

  test("asks before it takes over from another device", async () => {
    around.answer = async () => {
      throw new ApiError(409, "elsewhere", "Another device is in this visit.");
    };
    await enter();
    expect(flow.stage.value).toBe("elsewhere");
    expect(around.done).not.toContain("open live");
    around.answer = async () => VISIT;
    await flow.enter(true);
    expect(around.done).toContain("open secret take over");
    expect(flow.stage.value).toBe("inside");
  });

  test.each([
    ["the socket's message", () => around.say({ type: "moved" })],
    ["the socket's close", () => around.live?.onClosed(MOVED)],
    ["the node", () => around.become({ phase: "closed", closedReason: "replaced" })],
  ])("lets go when it moved to another place, by %s", async (_, move) => {
    await enter();
    move();
    expect(flow.stage.value).toBe("moved");
    expect(around.done).toContain("stop devices");
  });

  test("keeps trying while the server cannot be reached", async () => {
    around.whom = () => Promise.reject(UNREACHABLE);
    await flow.begin();
    expect(flow.stage.value).toBe("unreachable");
    around.whom = async () => WHOM;
    await around.world.pass(1000);
    expect(flow.stage.value).toBe("welcome");
  });

  test("goes on with what was pressed when the server comes back", async () => {
    await flow.begin();
    around.answer = () => Promise.reject(UNREACHABLE);
    await flow.enter();
    expect(flow.stage.value).toBe("unreachable");
    around.answer = async () => VISIT;
    await around.world.pass(1000);
    expect(flow.stage.value).toBe("inside");
  });

  test("knows after it was in contact that the wait is another one", async () => {
    await enter();
    expect(flow.metBefore.value).toBe(false);
    around.become({ gateOpen: true });
    around.become({ gateOpen: false });
    expect(flow.metBefore.value).toBe(true);
  });

  test("asks again when the node closed the room: perhaps it ended", async () => {
    await enter();
    around.answer = async () => ({ ...VISIT, state: "ended" });
    around.become({ phase: "closed", closedReason: "room_closed" });
    await flushPromises();
    expect(flow.stage.value).toBe("ended");
  });

  test("begins the call anew when the node closed the room and the visit goes on", async () => {
    await enter();
    around.become({ phase: "closed", closedReason: "room_closed" });
    await flushPromises();
    await around.world.pass(1000);
    expect(around.done.filter((what) => what === "start call")).toHaveLength(2);
  });

  describe("in a browser that keeps no cookies", () => {
    const UNKNOWN = new ApiError(401, "visit_needed", "Please open your link again.");

    test("says so at once where the browser says so", async () => {
      around.cookies = false;
      await flow.begin();
      expect(flow.stage.value).toBe("no_cookies");
      expect(around.done).not.toContain("open secret");
    });

    test("says so when control took the link and then does not know the device", async () => {
      await enter();
      around.answer = () => Promise.reject(UNKNOWN);
      around.live?.onRefused?.(1);
      await flushPromises();
      expect(flow.stage.value).toBe("no_cookies");
      expect(around.done).toContain("close live");
    });

    test("blames no cookie when control had known this device", async () => {
      await enter();
      around.live?.onConnected(true);
      around.answer = () => Promise.reject(UNKNOWN);
      around.whom = () => Promise.reject(GONE);
      for (const failures of [1, 2, 3]) around.live?.onRefused?.(failures);
      await flushPromises();
      expect(flow.stage.value).toBe("invalid");
    });

    test("blames no cookie when a visit without a link is over", async () => {
      flow = around.flow(null);
      await enter();
      around.answer = () => Promise.reject(UNKNOWN);
      for (const failures of [1, 2, 3]) around.live?.onRefused?.(failures);
      await flushPromises();
      expect(flow.stage.value).toBe("invalid");
    });

    test("a socket that a proxy blocks is no reason either", async () => {
      await enter();
      around.live?.onRefused?.(1);
      await flushPromises();
      expect(flow.stage.value).toBe("inside");
      expect(flow.socketBlocked.value).toBe(false);
      around.live?.onRefused?.(3);
      await flushPromises();
      expect(flow.socketBlocked.value).toBe(true);
      around.live?.onConnected(true);
      expect(flow.socketBlocked.value).toBe(false);
    });
  });

  test("asks again when its socket is refused time after time", async () => {
    await enter();
    around.live?.onConnected(true);
    around.answer = async () => {
      throw new ApiError(401, "visit_needed", "Open your link.");
    };
    around.whom = () => Promise.reject(GONE);
    for (const failures of [1, 2, 3]) around.live?.onRefused?.(failures);
    await flushPromises();
    expect(flow.stage.value).toBe("invalid");
  });

  test("went to another device when its link is as good as before", async () => {
    await enter();
    around.live?.onConnected(true);
    around.answer = () => Promise.reject(new ApiError(401, "visit_needed", "Open your link."));
    around.become({ phase: "closed", closedReason: "refused" });
    await flushPromises();
    expect(flow.stage.value).toBe("moved");
  });

  test("can be left, and entered again while it is open", async () => {
    await enter();
    await flow.leave();
    expect(flow.stage.value).toBe("left");
    expect(around.done.slice(-5, -1)).toEqual(["close live", "stop call", "stop devices", "leave"]);
    await flow.enter();
    expect(flow.stage.value).toBe("inside");
  });

  test("comes back only once control knows that it left: the two never overtake each other", async () => {
    await enter();
    let arrive = () => {};
    around.goodbye = new Promise((resolve) => {
      arrive = resolve;
    });
    void flow.leave();
    const back = flow.enter();
    await flushPromises();
    expect(around.done).not.toContain("left");
    arrive();
    await back;
    const left = around.done.indexOf("left");
    expect(around.done.slice(0, left).filter((what) => what === "open secret")).toHaveLength(1);
    expect(around.done[left + 1]).toBe("open secret");
    expect(flow.stage.value).toBe("inside");
  });

  test("shows the clock of the server and hides it when told", async () => {
    await enter();
    around.call?.onClock({ type: "clock", started_at: "", elapsed_s: 5, connected_s: 5 });
    expect(flow.clock.elapsed(0)).toBe(5);
    around.call?.onClock(null);
    expect(flow.clock.elapsed(0)).toBeNull();
    expect(flow.ticks.value).toBe(2);
  });

  describe("a goodbye", () => {
    const ended: Visit = { ...VISIT, state: "ended" };
    const clock = (elapsed_s: number) =>
      around.call?.onClock({ type: "clock", started_at: "", elapsed_s, connected_s: elapsed_s });
    const end = () => around.live?.onMessage({ type: "visit", visit: ended });

    test("says the whole minutes together where the clock was shown", async () => {
      await enter();
      clock(3_050);
      end();
      expect(flow.minutesTogether.value).toBe(50);
    });

    test("says none where it was hidden, or was less than a minute", async () => {
      await enter();
      clock(3_050);
      around.call?.onClock(null);
      end();
      expect(flow.minutesTogether.value).toBeNull();
      around = new Surroundings();
      flow = around.flow();
      await enter();
      clock(59);
      end();
      expect(flow.minutesTogether.value).toBeNull();
    });
  });
});
