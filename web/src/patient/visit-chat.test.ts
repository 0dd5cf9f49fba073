import { expect, test } from "vitest";
import { Surroundings, VISIT } from "./testing/surroundings";

test("a visit has its chat follow what control says, and lets it go at the end", async () => {
  const around = new Surroundings();
  const flow = await around.entered();
  const chat = { id: "c1", last: 2, kept: false };
  around.say({ type: "visit", visit: { ...VISIT, chat } });
  expect(around.done).toContain("follow chat 2");
  around.setChat?.({ lines: [], unread: 1, kept: false });
  flow.chat.say("hello");
  expect(around.done).toContain("say hello");
  expect(flow.chat.view.value.unread).toBe(1);
  await flow.leave();
  expect(around.done).toContain("stop chat");
  expect(flow.chat.view.value.unread).toBe(0);
});

test("a visit passes on what is looked at and sent again, and begins anew with its chat shut", async () => {
  const around = new Surroundings();
  const flow = await around.entered();
  around.done.length = 0;
  flow.chat.look(true);
  flow.chat.again("m1");
  expect(around.done).toEqual(["look true", "again m1"]);
  flow.chat.open.value = true;
  await flow.leave();
  expect(flow.chat.open.value).toBeNull();
});
