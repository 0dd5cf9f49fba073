import { expect, test } from "vitest";
import { Surroundings, VISIT } from "./testing/surroundings";

test("a visit shows the screen only in contact and while the therapist lets", async () => {
  const around = new Surroundings();
  const flow = await around.entered();
  flow.screen.show();
  expect(around.done).not.toContain("show screen");
  around.become({ gateOpen: true });
  flow.screen.show();
  expect(around.done).toContain("show screen");
  const track = { label: "slides" } as MediaStreamTrack;
  around.screen?.onChange(track);
  expect(around.sent.at(-1)).toMatchObject({ devices: { screen: true } });
  around.done.length = 0;
  const setting = { ...VISIT.setting, screen: false };
  around.say({ type: "visit", visit: { ...VISIT, state: "in_contact", setting } });
  expect(around.done).toContain("stop screen");
  flow.screen.show();
  expect(around.done).not.toContain("show screen");
});

test("a visit stops showing the screen when sent back", async () => {
  const around = new Surroundings();
  await around.entered();
  around.become({ gateOpen: true });
  around.done.length = 0;
  around.become({ gateOpen: false });
  expect(around.done).toContain("stop screen");
});

test("a visit that is over shows no screen that is still being chosen", async () => {
  const around = new Surroundings();
  const flow = await around.entered();
  await flow.leave();
  expect(around.done).toContain("close screen");
});

test("a visit shows no screen while the sound goes first", async () => {
  const around = new Surroundings();
  const flow = await around.entered();
  around.become({ gateOpen: true });
  flow.screen.show();
  around.done.length = 0;
  around.say({ type: "visit", visit: { ...VISIT, state: "in_contact", sound_first: true } });
  expect(around.done).toContain("stop screen");
});
