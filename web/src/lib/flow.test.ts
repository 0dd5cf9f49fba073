import { expect, test } from "vitest";
import { Flow } from "./flow";

test("nothing has stopped where nothing ever flowed", () => {
  const flow = new Flow();
  for (const now of [0, 100, 5000]) flow.update(0, now);
  expect(flow.stopped(9000)).toBe(false);
});

test("what flowed has stopped after 200 ms without anything new", () => {
  const flow = new Flow();
  flow.update(7, 0);
  flow.update(8, 100);
  flow.update(8, 200);
  expect(flow.stopped(299)).toBe(false);
  expect(flow.stopped(300)).toBe(true);
});

test("a stop that an echo explained stays explained until media flows again", () => {
  const flow = new Flow();
  flow.update(7, 0);
  flow.explain(1000);
  flow.update(7, 1100);
  flow.update(0, 12_000);
  expect(flow.stopped(13_000)).toBe(false);
  flow.update(8, 14_000);
  expect(flow.stopped(14_200)).toBe(true);
});

test("an echo while media flows explains no later stop", () => {
  const flow = new Flow();
  flow.update(7, 0);
  flow.explain(100);
  expect(flow.stopped(300)).toBe(true);
});
