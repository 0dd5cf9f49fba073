import { describe, expect, test } from "vitest";
import { ApiError } from "../lib/api";
import { type CallState, NO_CALL } from "../lib/call";
import { aCheck, aQuality } from "../lib/testing/quality";
import { cameraResult, connectionResult, microphoneResult, speakerResult } from "./test-words";
import { Surroundings } from "./testing/surroundings";

const NOW = Date.parse("2026-11-23T09:00:12Z");
const CONNECTED: CallState = { ...NO_CALL, phase: "connected" };

function begun() {
  const around = new Surroundings();
  const { test: trial } = around.flow();
  trial.begin();
  const call = () => {
    const last = around.tests.at(-1);
    if (!last) throw new Error("no call was made");
    return last;
  };
  return { around, trial, call };
}

describe("a test from the link", () => {
  test("asks for the devices and connects, without a visit", async () => {
    const { around, trial, call } = begun();
    expect(trial.open.value).toBe(true);
    expect(await call().signalling.offer("offer")).toBe("answer");
    expect(around.done).toContain("test secret");
    expect(around.done.some((what) => /open|live|start call/.test(what))).toBe(false);
  });

  test("ends with what the node’s check said, which stays", () => {
    const { around, trial, call } = begun();
    const check = aCheck({ quality: aQuality({ level: "fair", cause: "capacity_up" }) });
    call().handlers.onChange({ ...CONNECTED, check: { ...check, state: "running" } });
    expect(trial.outcome.value).toBe("running");
    call().handlers.onChange({ ...CONNECTED, check });
    expect(trial.outcome.value).toBe("done");
    expect(around.done).toContain("stop test call");
    call().handlers.onChange(NO_CALL);
    expect(trial.call.value.check).toBe(check);
  });

  test("is over after a while where an older node checks nothing", () => {
    const { around, trial, call } = begun();
    call().handlers.onChange({ ...NO_CALL, phase: "connecting" });
    call().handlers.onChange({ ...CONNECTED, rttMs: 20 });
    around.world.pass(14_000);
    expect(trial.outcome.value).toBe("done");
    expect(connectionResult(trial.call.value, "done", NOW).key).toBe("line_good");
  });

  test("says that a network blocks calls only where the server answered", async () => {
    const blocked = begun();
    await blocked.call().signalling.offer("offer");
    blocked.around.world.pass(20_000);
    expect(blocked.trial.outcome.value).toBe("blocked");
    const silent = begun();
    silent.around.world.pass(20_000);
    expect(silent.trial.outcome.value).toBe("unreachable");
  });

  test.each([
    ["slow_down", 429, "too_often"],
    ["link_unknown", 404, "invalid"],
    ["taken", 409, "invalid"],
  ] as const)("that is refused with %s ends in words", async (code, status, outcome) => {
    const { around, trial, call } = begun();
    around.testing = Promise.reject(new ApiError(status, code, "No."));
    await expect(call().signalling.offer("offer")).rejects.toThrow();
    expect(trial.outcome.value).toBe(outcome);
  });

  test("can be made again with the same devices, and lets go of them at the end", () => {
    const { around, trial, call } = begun();
    trial.again(); // it runs
    expect(around.tests).toHaveLength(1);
    call().handlers.onChange({ ...CONNECTED, check: aCheck() });
    trial.again();
    expect(around.tests).toHaveLength(2);
    expect(trial.outcome.value).toBe("running");
    trial.close();
    expect(trial.open.value).toBe(false);
    expect(around.done).toContain("stop devices");
  });
});

describe("the three results", () => {
  test("are not known while it runs", () => {
    expect(cameraResult(CONNECTED, "on", "unknown", true).key).toBe("test_running");
    expect(microphoneResult(CONNECTED, "on", false, true).key).toBe("test_running");
    expect(connectionResult(CONNECTED, "running", NOW).mark).toBeNull();
  });

  test("are what the packets say, and what the browser says first", () => {
    const call = { ...CONNECTED, check: aCheck() };
    expect(cameraResult(call, "on", "unknown", false).mark).toBe("works");
    expect(microphoneResult(call, "on", false, false).mark).toBe("works");
    expect(cameraResult(call, "denied", "unknown", false).key).toBe("denied_camera");
    const black = { ...call, check: aCheck({ camera: "black", microphone: "quiet" }) };
    expect(cameraResult(black, "on", "unknown", false).key).toBe("line_black");
    expect(microphoneResult(black, "on", false, false).mark).toBeNull();
    const missing = { ...call, check: aCheck({ camera: "missing", microphone: "missing" }) };
    expect(cameraResult(missing, "on", "unknown", false).mark).toBe("trouble");
    expect(microphoneResult(missing, "on", false, false).mark).toBe("trouble");
  });

  test("count what the page sees of its camera too, and the person's word on the speaker", () => {
    const call = { ...CONNECTED, check: aCheck() };
    expect(cameraResult(call, "on", "black", false).key).toBe("line_black");
    expect(cameraResult(call, "on", "frozen", false).key).toBe("test_camera_frozen");
    expect(cameraResult(call, "on", "moving", false).mark).toBe("works");
    const speaker = (["untried", "heard", "not_heard"] as const).map((one) => speakerResult(one));
    expect(speaker.map(({ mark }) => mark)).toEqual([null, "heard", "not_heard"]);
  });

  test("name what is not good of the connection, and what may help", () => {
    const check = aCheck({ quality: aQuality({ level: "fair", cause: "capacity_up" }) });
    expect(connectionResult({ ...CONNECTED, check }, "done", NOW)).toEqual({
      mark: "fair",
      key: "line_capacity_up",
      hint: "hint_router",
    });
    const ours = aCheck({ quality: aQuality({ level: "unknown", cause: "server" }) });
    expect(connectionResult({ ...CONNECTED, check: ours }, "done", NOW)).toMatchObject({
      mark: null,
      key: "line_server",
    });
  });
});
