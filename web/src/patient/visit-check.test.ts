import { expect, test } from "vitest";
import { ApiError } from "../lib/api";
import { Surroundings } from "./testing/surroundings";

test("a check is asked for once at a time", async () => {
  const around = new Surroundings();
  const flow = around.flow();
  let answer = () => {};
  around.checking = new Promise((resolve) => {
    answer = resolve;
  });
  const first = flow.check.again();
  await flow.check.again();
  expect(around.done.filter((what) => what === "check")).toHaveLength(1);
  expect(flow.check.asked.value).toBe("asking");
  answer();
  await first;
  expect(flow.check.asked.value).toBe("ready");
});

test("what was asked too often says so, and can be asked again", async () => {
  const around = new Surroundings();
  const flow = around.flow();
  around.checking = Promise.reject(new ApiError(429, "slow_down", "Too many."));
  await flow.check.again();
  expect(flow.check.asked.value).toBe("too_often");
  around.checking = Promise.resolve();
  await flow.check.again();
  expect(flow.check.asked.value).toBe("ready");
});

test("another refusal leaves the button as it was", async () => {
  const around = new Surroundings();
  const flow = around.flow();
  around.checking = Promise.reject(new ApiError(409, "in_call", "You talk."));
  await flow.check.again();
  expect(flow.check.asked.value).toBe("ready");
});
