import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CallHandlers, CallState } from "../../lib/call";
import { type DevicesState, NO_DEVICES } from "../../lib/devices";
import { FakeTrack } from "../../lib/testing/track";
import { flushPromises } from "../../lib/testing/world";
import { aSession } from "../testing/session";
import {
  callState,
  clock,
  cutOffWhileClosing,
  device,
  devicesState,
  join,
  leave,
  leaveWhenEnded,
  ownPicture,
  place,
  placeId,
  remoteSound,
  screenTrack,
  shareScreen,
  stopScreen,
  takeBack,
} from "./place";
import { endedSessions, openSessions } from "./sessions";

const made = vi.hoisted(() => ({ calls: [] as FakeCall[], devices: [] as FakeDevices[] }));

class FakeCall {
  readonly done: string[] = [];
  constructor(
    readonly control: { offer(sdp: string): Promise<string> },
    readonly handlers: CallHandlers,
  ) {
    made.calls.push(this);
  }
  start = () => void this.done.push("start");
  stop = () => void this.done.push("stop");
  send = async (slot: string, track: { id: string } | null) =>
    void this.done.push(`send ${slot} ${track?.id ?? "nothing"}`);
  become(part: Partial<CallState>): void {
    this.handlers.onChange({ phase: "connected", ...part } as CallState);
  }
  tick(elapsed_s: number, connected_s = elapsed_s): void {
    this.handlers.onClock({ type: "clock", started_at: 0, elapsed_s, connected_s });
  }
}

class FakeDevices {
  readonly done: string[] = [];
  constructor(readonly onChange: (state: DevicesState) => void) {
    made.devices.push(this);
  }
  ask = async () => void this.done.push("ask");
  stop = () => void this.done.push("stop");
  choose = async (kind: string, id: string) => void this.done.push(`choose ${kind} ${id}`);
  setMicrophone = (on: boolean) => void this.done.push(`microphone ${on}`);
}

vi.mock("../../lib/call", () => ({
  Call: class {
    constructor(control: FakeCall["control"], handlers: CallHandlers) {
      // biome-ignore lint/correctness/noConstructorReturn: the fake is defined in this file.
      return new FakeCall(control, handlers);
    }
  },
}));
vi.mock("../../lib/camera-look", () => ({
  CameraLook: class {
    watch = () => undefined;
  },
}));
vi.mock("../../lib/devices", async (original) => ({
  ...(await original<typeof import("../../lib/devices")>()),
  Devices: class {
    constructor(onChange: FakeDevices["onChange"]) {
      // biome-ignore lint/correctness/noConstructorReturn: as above.
      return new FakeDevices(onChange);
    }
  },
}));

const asTrack = (track: FakeTrack) => track as unknown as MediaStreamTrack;
const call = () => made.calls.at(-1) as FakeCall;
const devices = () => made.devices.at(-1) as FakeDevices;

beforeEach(() => {
  vi.useFakeTimers();
  made.calls.length = made.devices.length = 0;
  openSessions.value = [aSession({ id: "alex" }), aSession({ id: "bruna" })];
  endedSessions.value = [];
});
afterEach(() => {
  leave();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("sending back while the node does not answer", () => {
  it("sends and plays nothing until it is done", () => {
    join("alex");
    const stop = cutOffWhileClosing();
    const [audioTrack, videoTrack] = [asTrack(new FakeTrack("mic")), asTrack(new FakeTrack("cam"))];
    const audio = asTrack(new FakeTrack("voice"));
    devices().onChange({ ...NO_DEVICES, audioTrack, videoTrack });
    call().become({ remote: { audio, camera: null, screen: null } });
    call().done.length = 0;
    openSessions.value = [aSession({ id: "alex", closing: true })];
    expect(call().done).toEqual(["send audio nothing", "send camera nothing"]);
    expect(remoteSound.value).toBeNull();
    devices().onChange({ ...NO_DEVICES, audioTrack, videoTrack }); // another device, say
    expect(call().done.slice(2)).toEqual(["send audio nothing", "send camera nothing"]);
    openSessions.value = [aSession({ id: "alex" })];
    expect(call().done.slice(4)).toEqual(["send audio mic", "send camera cam"]);
    expect(remoteSound.value).toBe(audio);
    stop();
  });
});

describe("being present", () => {
  it("connects and asks for the devices, once", () => {
    join("alex");
    call().become({});
    join("alex");
    expect(made.calls).toHaveLength(1);
    expect(call().done).toEqual(["start"]);
    expect(devices().done).toEqual(["ask"]);
    expect(place.value?.id).toBe("alex");
  });

  it("begins anew after the connection was closed", () => {
    join("alex");
    call().become({ phase: "closed" });
    join("alex");
    expect(made.calls).toHaveLength(2);
    expect(made.calls[0]?.done).toEqual(["start", "stop"]);
  });

  it("is in one session at a time: the other one is let go first", () => {
    join("alex");
    join("bruna");
    expect(made.calls[0]?.done.at(-1)).toBe("stop");
    expect(made.devices[0]?.done.at(-1)).toBe("stop");
    expect(placeId.value).toBe("bruna");
  });

  it("sends what the devices give, and shows one's own picture", () => {
    join("alex");
    const [audioTrack, videoTrack] = [asTrack(new FakeTrack("mic")), asTrack(new FakeTrack("cam"))];
    devices().onChange({ ...NO_DEVICES, audioTrack, videoTrack });
    expect(call().done).toEqual(["start", "send audio mic", "send camera cam"]);
    expect(ownPicture.value).toBe(videoTrack);
    devices().onChange({ ...NO_DEVICES, audioTrack });
    expect(call().done.at(-1)).toBe("send camera nothing");
  });

  it("hands the devices' buttons on to the devices of this session, and to none without one", () => {
    device.setMicrophone(false);
    join("alex");
    device.setMicrophone(false);
    device.choose("camera", "c2");
    expect(devices().done).toEqual(["ask", "microphone false", "choose camera c2"]);
  });

  it("is over with nothing left behind", () => {
    join("alex");
    call().become({});
    call().tick(5);
    devices().onChange(NO_DEVICES);
    leave();
    expect([call().done.at(-1), devices().done.at(-1)]).toEqual(["stop", "stop"]);
    const left = [placeId, place, callState, devicesState, clock, screenTrack];
    expect(left.map(({ value }) => value)).toEqual([null, null, null, null, null, null]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends when this session has ended, and not when another has", () => {
    join("alex");
    endedSessions.value = [aSession({ id: "bruna", state: "ended" })];
    leaveWhenEnded();
    expect(placeId.value).toBe("alex");
    endedSessions.value = [aSession({ id: "alex", state: "ended" })];
    leaveWhenEnded();
    expect(placeId.value).toBeNull();
  });

  it("is taken back from another window by the same connection", () => {
    join("alex");
    call().become({ phase: "closed", closedReason: "replaced" });
    takeBack();
    expect(call().done).toEqual(["start", "start"]);
  });
});

describe("the clock", () => {
  const drawn = () => clock.value && [clock.value.elapsed_s, clock.value.connected_s];

  it("shows whole seconds, and goes on between the server's ticks", () => {
    join("alex");
    expect(drawn()).toBeNull();
    call().tick(61.4, 60);
    expect(drawn()).toEqual([61, 60]);
    vi.advanceTimersByTime(1_000);
    expect(drawn()).toEqual([62, 60]);
  });

  it("is drawn anew only when the second has changed", () => {
    join("alex");
    call().tick(61.1);
    const before = clock.value;
    vi.advanceTimersByTime(500);
    expect(clock.value).toBe(before);
  });

  it("goes away when the server has none to show", () => {
    join("alex");
    call().tick(61);
    call().handlers.onClock(null);
    expect(drawn()).toBeNull();
  });
});

describe("the screen", () => {
  let chooser: { choose(track: FakeTrack): void; cancel(): void };

  beforeEach(() => {
    const getDisplayMedia = () =>
      new Promise((resolve, reject) => {
        chooser = {
          choose: (track) => resolve({ getVideoTracks: () => [track] }),
          cancel: () => reject(new DOMException("no", "NotAllowedError")),
        };
      });
    vi.stubGlobal("navigator", { mediaDevices: { getDisplayMedia } });
    join("alex");
  });

  it("is sent, sharp rather than smooth, until it is stopped", async () => {
    const shared = shareScreen();
    const track = new FakeTrack("screen");
    chooser.choose(track);
    await shared;
    expect(track.contentHint).toBe("detail");
    expect(call().done.at(-1)).toBe("send screen screen");
    expect(screenTrack.value).toBe(track);
    stopScreen();
    expect(track.stopped).toBe(true);
    expect(call().done.at(-1)).toBe("send screen nothing");
    expect(screenTrack.value).toBeNull();
  });

  it("stops when the therapist leaves", async () => {
    const shared = shareScreen();
    const track = new FakeTrack("screen");
    chooser.choose(track);
    await shared;
    leave();
    expect(track.stopped).toBe(true);
    expect(screenTrack.value).toBeNull();
  });

  it("stops when the browser's own button stops it", async () => {
    const shared = shareScreen();
    const track = new FakeTrack("screen");
    chooser.choose(track);
    await shared;
    track.dispatchEvent(new Event("ended"));
    expect(call().done.at(-1)).toBe("send screen nothing");
    expect(screenTrack.value).toBeNull();
  });

  it("stays one's own when none was chosen", async () => {
    const shared = shareScreen();
    chooser.cancel();
    await shared;
    expect(screenTrack.value).toBeNull();
    expect(call().done).toEqual(["start"]);
  });

  it("goes to nobody when the therapist left while choosing", async () => {
    const shared = shareScreen();
    leave();
    const track = new FakeTrack("screen");
    chooser.choose(track);
    await shared;
    expect(track.stopped).toBe(true);
    expect(screenTrack.value).toBeNull();
  });

  it("never goes to the patient of another session, entered while choosing", async () => {
    const shared = shareScreen();
    join("bruna");
    const track = new FakeTrack("screen");
    chooser.choose(track);
    await shared;
    await flushPromises();
    expect(track.stopped).toBe(true);
    expect(call().done).toEqual(["start"]);
    expect(screenTrack.value).toBeNull();
  });

  it("takes the place of the one that was shown before", async () => {
    const [first, second] = [new FakeTrack("first"), new FakeTrack("second")];
    for (const track of [first, second]) {
      const shared = shareScreen();
      chooser.choose(track);
      await shared;
    }
    expect(first.stopped).toBe(true);
    first.dispatchEvent(new Event("ended"));
    expect(screenTrack.value).toBe(second);
    expect(second.stopped).toBe(false);
  });
});
