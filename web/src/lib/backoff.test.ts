import { expect, test } from "vitest";
import { reconnectDelay } from "./backoff";

test("the delay doubles from a quarter of a second to five seconds", () => {
  const delays = [0, 1, 2, 3, 4, 5, 6].map((attempt) => reconnectDelay(attempt, 1));
  expect(delays).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
});

test("the random part takes away up to a half, so that pages do not come back together", () => {
  expect(reconnectDelay(3, 0)).toBe(1000);
  expect(reconnectDelay(3, 0.5)).toBe(1500);
});

test("a page that tried all night still waits five seconds", () => {
  expect(reconnectDelay(10_000, 1)).toBe(5000);
});
