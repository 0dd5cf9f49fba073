import { expect, it } from "vitest";
import { middleSquare } from "./small-picture";

it.each([
  [400, 300, { x: 50, y: 0, side: 300 }],
  [300, 401, { x: 0, y: 50.5, side: 300 }],
  [7, 7, { x: 0, y: 0, side: 7 }],
])("of %i × %i the middle square is kept", (width, height, square) => {
  expect(middleSquare(width, height)).toEqual(square);
});
