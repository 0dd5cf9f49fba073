import { beforeEach, describe, expect, test } from "vitest";
import { type DeviceAccess, type Kind, outcomeOf } from "./device-access";
import { Devices } from "./devices";
import { flushPromises, World } from "./testing/world";

class FakeTrack extends EventTarget {
  enabled = true;
  muted = false;
  readyState = "live";

  constructor(readonly kind: "audio" | "video") {
    super();
  }
  stop(): void {
    this.readyState = "ended";
  }
  say(event: "ended" | "mute" | "unmute"): void {
    if (event === "ended") this.readyState = "ended";
    else this.muted = event === "mute";
    this.dispatchEvent(new Event(event));
  }
}

/** A browser whose devices fail as told, by the name of the exception. */
class FakeBrowser extends EventTarget {
  readonly asked: MediaStreamConstraints[] = [];
  readonly kept = new Map<string, string>();
  fails: { audio?: string; video?: string } = {};
  permissions: Record<Kind, PermissionState | null> = { microphone: null, camera: null };
  found: Partial<MediaDeviceInfo>[] = [];
  /** A phone call is on: what is asked for comes mute. */
  phoneCall = false;
  says = "no";

  async getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    this.asked.push(constraints);
    const kinds = (["audio", "video"] as const).filter((kind) => constraints[kind]);
    for (const kind of kinds)
      if (this.fails[kind]) throw new DOMException(this.says, this.fails[kind]);
    const tracks = kinds.map((kind) => new FakeTrack(kind));
    for (const track of tracks) track.muted = this.phoneCall;
    return { getTracks: () => tracks } as unknown as MediaStream;
  }
  async enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return this.found as MediaDeviceInfo[];
  }
  get access(): DeviceAccess {
    return {
      media: this as unknown as DeviceAccess["media"],
      permission: async (kind) => this.permissions[kind],
      storage: {
        getItem: (key) => this.kept.get(key) ?? null,
        setItem: (key, value) => void this.kept.set(key, value),
      },
    };
  }
}

describe("devices", () => {
  let browser: FakeBrowser;
  let world: World;
  let devices: Devices;
  const make = () => new Devices(() => undefined, browser.access, world);
  const audio = () => devices.state.audioTrack as unknown as FakeTrack;
  const video = () => devices.state.videoTrack as unknown as FakeTrack;

  beforeEach(() => {
    browser = new FakeBrowser();
    world = new World();
    devices = make();
  });

  test("ask for both in one question", async () => {
    const asking = devices.ask();
    expect(devices.report).toEqual({ microphone: "asking", camera: "asking" });
    await asking;
    expect(devices.report).toEqual({ microphone: "on", camera: "on" });
    expect(browser.asked).toHaveLength(1);
  });

  test("ask for echo cancellation and its like, and for a picture of 720 lines", async () => {
    await devices.ask();
    expect(browser.asked[0]?.audio).toEqual({
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    });
    expect(browser.asked[0]?.video).toMatchObject({ height: { ideal: 720 } });
  });

  test("let the advanced setting of a musician stand above the usual", async () => {
    browser.kept.set("visavis.audio", '{"echoCancellation": false}');
    await devices.ask();
    expect(browser.asked[0]?.audio).toMatchObject({
      echoCancellation: false,
      noiseSuppression: true,
    });
  });

  test.each(["{", "7", "null"])("overlook stored nonsense (%s)", async (nonsense) => {
    browser.kept.set("visavis.audio", nonsense);
    browser.kept.set("visavis.devices", nonsense);
    devices = make();
    await devices.ask();
    expect(devices.report.microphone).toBe("on");
  });

  test("go on with sound alone where no camera is", async () => {
    browser.fails = { video: "NotFoundError" };
    await devices.ask();
    expect(devices.report).toEqual({ microphone: "on", camera: "missing" });
  });

  test("go on with sound alone where another program holds the camera", async () => {
    browser.fails = { video: "NotReadableError" };
    await devices.ask();
    expect(devices.report).toEqual({ microphone: "on", camera: "busy" });
  });

  test("go on with sound alone where the camera alone is denied", async () => {
    browser.fails = { video: "NotAllowedError" };
    browser.permissions = { microphone: "prompt", camera: "denied" };
    await devices.ask();
    expect(devices.report).toEqual({ microphone: "on", camera: "denied" });
  });

  test("do not ask a second time when the person closed the question", async () => {
    browser.fails = { audio: "NotAllowedError", video: "NotAllowedError" };
    browser.permissions = { microphone: "prompt", camera: "prompt" };
    await devices.ask();
    expect(devices.report).toEqual({ microphone: "denied", camera: "denied" });
    expect(browser.asked).toHaveLength(1);
  });

  test("use the chosen device, now and next time", async () => {
    await devices.ask();
    const before = audio();
    await devices.choose("microphone", "usb");
    expect(before.readyState).toBe("ended");
    expect(browser.asked.at(-1)?.audio).toMatchObject({ deviceId: { exact: "usb" } });
    await make().ask();
    expect(browser.asked.at(-1)?.audio).toMatchObject({ deviceId: { exact: "usb" } });
  });

  test("keep ids alone of what was chosen", () => {
    devices.chooseSpeaker("headset-id");
    expect(JSON.parse(browser.kept.get("visavis.devices") ?? "")).toEqual({
      microphone: null,
      camera: null,
      speaker: "headset-id",
    });
  });

  test("take any other device when the chosen one is gone", async () => {
    await devices.choose("camera", "gone");
    browser.fails = { video: "OverconstrainedError" };
    const getUserMedia = browser.getUserMedia.bind(browser);
    browser.getUserMedia = async (constraints) => {
      const exact = JSON.stringify(constraints).includes("gone");
      browser.fails = exact ? { video: "OverconstrainedError" } : {};
      return getUserMedia(constraints);
    };
    await devices.ask(["camera"]);
    expect(devices.report.camera).toBe("on");
  });

  test("mute by sending silence and keep the track", async () => {
    await devices.ask();
    const before = audio();
    devices.setMicrophone(false);
    expect([before.enabled, devices.report.microphone]).toEqual([false, "off"]);
    devices.setMicrophone(true);
    expect([audio() === before, before.enabled]).toEqual([true, true]);
  });

  test("let the camera's light go out when it is turned off", async () => {
    await devices.ask();
    const before = video();
    await devices.setCamera(false);
    expect([before.readyState, devices.report.camera]).toEqual(["ended", "off"]);
    expect(devices.state.videoTrack).toBeNull();
    await devices.setCamera(true);
    expect(devices.report.camera).toBe("on");
  });

  test("take another microphone when this one is unplugged", async () => {
    await devices.ask();
    const before = audio();
    before.say("ended");
    await flushPromises();
    expect(audio()).not.toBe(before);
    expect(devices.report.microphone).toBe("on");
  });

  test("never unmute a microphone by finding it again", async () => {
    await devices.ask();
    devices.setMicrophone(false);
    audio().say("ended");
    await flushPromises();
    expect([audio().enabled, devices.report.microphone]).toEqual([false, "off"]);
  });

  test("wait out a short mute and ask anew after a phone call", async () => {
    await devices.ask();
    const before = audio();
    before.say("mute");
    before.muted = false;
    await world.pass(2000);
    expect(audio()).toBe(before);
    before.say("mute");
    await world.pass(2000);
    expect(audio()).not.toBe(before);
  });

  test("say that a phone call holds the microphone, and take it back when the call is over", async () => {
    await devices.ask();
    browser.phoneCall = true;
    audio().say("mute");
    await world.pass(2000);
    expect(devices.report.microphone).toBe("busy");
    audio().say("unmute");
    expect(devices.report.microphone).toBe("on");
  });

  test("try again by themselves what was busy, where that asks nobody", async () => {
    browser.fails = { audio: "NotReadableError" };
    browser.permissions.microphone = "granted";
    await devices.ask();
    await world.pass(5000);
    expect(devices.report).toEqual({ microphone: "busy", camera: "on" });
    browser.fails = {};
    await world.pass(5000);
    expect(devices.report.microphone).toBe("on");
  });

  test("ask nobody by themselves", async () => {
    browser.fails = { audio: "NotReadableError" };
    browser.permissions.microphone = "prompt";
    await devices.ask();
    const asked = browser.asked.length;
    await world.pass(60_000);
    expect(browser.asked).toHaveLength(asked);
  });

  test("that were missing are used once they are plugged in", async () => {
    browser.fails = { audio: "NotFoundError" };
    browser.permissions.microphone = "granted";
    await devices.ask();
    browser.fails = {};
    browser.dispatchEvent(new Event("devicechange"));
    await flushPromises();
    expect(devices.report.microphone).toBe("on");
  });

  test("that were busy are asked for when the page is seen again", async () => {
    browser.fails = { audio: "NotReadableError" };
    await devices.ask();
    browser.fails = {};
    await devices.revive();
    expect(devices.report.microphone).toBe("on");
  });

  test.each([
    ["Permission denied by system", "system"],
    ["Permission dismissed", "closed"],
    ["Permission denied", "page"],
  ])("tell by %s who said no", async (words, refusal) => {
    browser.fails = { audio: "NotAllowedError", video: "NotAllowedError" };
    browser.says = words;
    await devices.ask();
    expect(devices.state.refusal).toBe(refusal);
  });

  test("are taken back when the page is seen again", async () => {
    await devices.ask();
    const [voice, face] = [audio(), video()];
    voice.muted = true;
    await devices.revive();
    expect([audio() === voice, video() === face]).toEqual([false, true]);
  });

  test("are listed by kind, without those the browser hides", async () => {
    browser.found = [
      { kind: "audioinput", deviceId: "a", label: "Headset" },
      { kind: "videoinput", deviceId: "", label: "" },
      { kind: "audiooutput", deviceId: "s", label: "Speakers" },
    ];
    browser.dispatchEvent(new Event("devicechange"));
    await flushPromises();
    expect(devices.state.microphones).toEqual([{ id: "a", label: "Headset" }]);
    expect(devices.state.cameras).toEqual([]);
    expect(devices.state.speakers).toEqual([{ id: "s", label: "Speakers" }]);
  });

  test("are let go when the visit ends, even while the question is open", async () => {
    const asking = devices.ask();
    devices.stop();
    await asking;
    expect(devices.state.audioTrack).toBeNull();
  });

  test("know whether a question would be answered without the person", async () => {
    expect(await devices.granted()).toBe(false);
    browser.permissions = { microphone: "granted", camera: null };
    expect(await devices.granted()).toBe(true);
  });
});

test.each([
  ["NotAllowedError", "denied"],
  ["SecurityError", "denied"],
  ["NotFoundError", "missing"],
  ["OverconstrainedError", "missing"],
  ["NotReadableError", "busy"],
  ["AbortError", "busy"],
])("%s means %s", (name, outcome) => {
  expect(outcomeOf(new DOMException("", name))).toBe(outcome);
});
