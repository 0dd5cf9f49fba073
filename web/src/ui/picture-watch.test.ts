import { expect, test } from "vitest";
import { PictureWatch } from "./picture-watch";

test("a picture is live from its first frame on", () => {
  const watch = new PictureWatch();
  expect(watch.update(0, true, 0)).toBe(false);
  expect(watch.update(1, true, 250)).toBe(true);
});

test("a picture that stutters is live, one that stands still is not", () => {
  const watch = new PictureWatch();
  watch.update(10, true, 0);
  expect(watch.update(10, true, 2400)).toBe(true);
  expect(watch.update(10, true, 2500)).toBe(false);
  expect(watch.update(11, true, 2750)).toBe(true);
});

test("a hidden page cannot tell and keeps what was true", () => {
  const watch = new PictureWatch();
  watch.update(10, true, 0);
  expect(watch.update(10, false, 60_000)).toBe(true);
  expect(watch.update(10, true, 60_250)).toBe(true);
});

test("a hidden page does not make a picture out of none", () => {
  const watch = new PictureWatch();
  expect(watch.update(0, false, 60_000)).toBe(false);
});
