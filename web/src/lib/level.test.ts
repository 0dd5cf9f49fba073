import { expect, test } from "vitest";
import { levelOfRoundTrip } from "./level";

test("a round trip is good up to 150 ms, fair up to 300, poor above", () => {
  expect([17, 150, 151, 300, 301].map(levelOfRoundTrip)).toEqual([
    "good",
    "good",
    "fair",
    "fair",
    "poor",
  ]);
});
