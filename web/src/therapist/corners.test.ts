import { expect, it } from "vitest";
import { moveByKey, nearestCorner } from "./corners";

const stage = { left: 100, top: 0, width: 1000, height: 600 };
const at = (left: number, top: number) => ({ left, top, width: 200, height: 100 });

it.each([
  [at(110, 10), "top-left"],
  [at(700, 10), "top-right"],
  [at(110, 400), "bottom-left"],
  [at(700, 400), "bottom-right"],
] as const)("a picture dropped at %o rests in its corner", (box, corner) => {
  expect(nearestCorner(box, stage)).toBe(corner);
});

it("arrow keys walk around the four corners and back", () => {
  const keys = ["ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight"];
  let corner = moveByKey("bottom-right", "Enter");
  const seen = keys.map((key) => {
    corner = moveByKey(corner, key);
    return corner;
  });
  expect(seen).toEqual(["top-right", "top-left", "bottom-left", "bottom-right"]);
});
