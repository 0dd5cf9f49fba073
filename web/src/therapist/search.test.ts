import { expect, it } from "vitest";
import { matches } from "./search";

it.each([
  ["Alex Morgan", ""],
  ["Alex Morgan", "al"],
  ["Alex Morgan", "MOR"],
  ["Alex Morgan", "mor al"],
  ["Nicolò D’Amico", "nicolo"],
  ["Zoë", "zoe"],
])("%s is found by “%s”", (name, typed) => {
  expect(matches(name, typed)).toBe(true);
});

it.each([
  ["Alex Morgan", "lex"],
  ["Alex Morgan", "al x"],
])("%s is not found by “%s”", (name, typed) => {
  expect(matches(name, typed)).toBe(false);
});
