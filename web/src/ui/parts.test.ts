import { expect, it } from "vitest";
import { firstName, initials } from "./parts";

it.each([
  ["Alex M.", "AM"],
  ["Dr. Anna Rossi", "AR"],
  ["maria", "M"],
  ["Anna Maria De Luca", "AL"],
  ["Élodie Œuvre", "ÉŒ"],
  ["", ""],
])("the initials of %s are %s", (name, letters) => {
  expect(initials(name)).toBe(letters);
});

it.each([
  ["Alex M.", "Alex"],
  ["Dr. Rossi", "Dr. Rossi"],
  ["  Bruna  T. ", "Bruna"],
])("a sentence calls %s %s", (name, called) => {
  expect(firstName(name)).toBe(called);
});
