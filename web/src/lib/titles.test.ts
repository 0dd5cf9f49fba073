import { expect, it } from "vitest";
import called from "./called.json";
import { calledName, firstName, initials } from "./titles";

it.each([
  ["Alex M.", "AM"],
  ["Dr. Anna Rossi", "AR"],
  ["maria", "M"],
  ["Sig.ra Bianchi", "B"],
  ["Dott.ssa Anna Rossi", "AR"],
  ["Frau Dr. med. Weber", "W"],
  ["Anna Maria De Luca", "AL"],
  ["Élodie Œuvre", "ÉŒ"],
  ["", ""],
])("the initials of %s are %s", (name, letters) => {
  expect(initials(name)).toBe(letters);
});

it.each([
  ["Alex M.", "Alex"],
  ["Dr. Rossi", "Dr. Rossi"],
  ["Sig.ra Bianchi", "Sig.ra Bianchi"],
  ["Dott.ssa Rossi", "Dott.ssa Rossi"],
  ["Prof.ssa Verdi", "Prof.ssa Verdi"],
  ["Dr.ssa Verdi", "Dr.ssa Verdi"],
  ["Pre Ng", "Pre"],
  ["  Bruna  T. ", "Bruna"],
])("a sentence calls %s %s", (name, called) => {
  expect(firstName(name)).toBe(called);
});

it.each(called as [string, string, string][])("%s in %s is %s", (name, language, said) => {
  expect(calledName(name, language)).toBe(said);
});
