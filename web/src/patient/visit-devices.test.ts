import { expect, test } from "vitest";
import { NO_DEVICES } from "../lib/devices";
import { Surroundings } from "./testing/surroundings";

test("a visit reports what the browser allowed, and again after each reconnect", async () => {
  const around = new Surroundings();
  await around.entered();
  around.setDevices?.({ ...NO_DEVICES, microphone: "on", camera: "denied" });
  const report = {
    type: "devices",
    devices: {
      microphone: "on",
      camera: "denied",
      screen: false,
      hidden: false,
      speaker: "untried" as const,
      look: "unknown" as const,
    },
  };
  around.setDevices?.({ ...NO_DEVICES, microphone: "on", camera: "denied", blur: false });
  expect(around.sent).toEqual([report]);
  around.live?.onConnected(true);
  expect(around.sent).toEqual([report, report]);
});

test("a visit reports that its page is in the background, and that it is back", async () => {
  const around = new Surroundings();
  const flow = await around.entered();
  flow.setHidden(true);
  flow.setHidden(false);
  const hidden = around.sent.map(
    (said) => (said as { devices: { hidden: boolean } }).devices.hidden,
  );
  expect(hidden).toEqual([true, false]);
});

test("a visit sends tracks as they come and go", async () => {
  const around = new Surroundings();
  await around.entered();
  const audioTrack = { label: "voice" } as MediaStreamTrack;
  const videoTrack = { label: "face" } as MediaStreamTrack;
  around.done.length = 0;
  around.setDevices?.({ ...NO_DEVICES, audioTrack });
  around.setDevices?.({ ...NO_DEVICES, audioTrack, videoTrack });
  around.setDevices?.({ ...NO_DEVICES, videoTrack });
  around.setDevices?.(NO_DEVICES);
  expect(around.done).toEqual([
    "send audio voice",
    "send camera face",
    "send audio nothing",
    "send camera nothing",
  ]);
});

test("a visit by sound alone has its own camera off, until it is over", async () => {
  const around = new Surroundings();
  const flow = await around.entered();
  flow.devices.setSoundOnly(true);
  expect(around.done.at(-1)).toBe("camera off");
  flow.devices.setSoundOnly(false);
  expect(around.done.at(-1)).toBe("camera on");
  flow.devices.setSoundOnly(true);
  await flow.leave();
  expect(flow.devices.soundOnly.value).toBe(false);
});

test("a visit asks for the microphone that it has not got, when it is switched on", async () => {
  const around = new Surroundings();
  const flow = await around.entered();
  around.done.length = 0;
  flow.devices.setMicrophone(false);
  flow.devices.setMicrophone(true);
  around.setDevices?.({ ...NO_DEVICES, audioTrack: { label: "voice" } as MediaStreamTrack });
  flow.devices.setMicrophone(false);
  expect(around.done).toEqual(["ask microphone", "send audio voice", "microphone off"]);
});

test("a visit takes its devices back when the page is seen again", async () => {
  const around = new Surroundings();
  const flow = await around.entered();
  flow.devices.revive();
  expect(around.done.at(-1)).toBe("revive devices");
});

test("a visit reports what its page sees of the camera, and whether a tone was heard", async () => {
  const around = new Surroundings();
  const flow = await around.entered();
  const reported = () => (around.sent.at(-1) as { devices: object }).devices;
  around.setDevices?.({ ...NO_DEVICES, videoTrack: { label: "face" } as MediaStreamTrack });
  expect(around.watched).toEqual(["face"]);
  around.setLook?.("black");
  expect(reported()).toMatchObject({ look: "black", speaker: "untried" });
  flow.devices.tellSpeaker("heard");
  expect(reported()).toMatchObject({ look: "black", speaker: "heard" });
  flow.devices.chooseSpeaker("another");
  expect(reported()).toMatchObject({ speaker: "untried" });
  await flow.leave();
  expect(around.watched).toEqual(["face", "nothing"]);
});
