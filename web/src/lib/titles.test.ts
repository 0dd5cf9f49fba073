import { expect, it } from "vitest";
import called from "./called.json";
import { calledName, firstName, type Gender, initials, needsGender, splitTitle } from "./titles";

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

it.each(called as [string, string, string, Gender?][])(
  "%s in %s is %s",
  (name, language, said, gender) => {
    expect(calledName(name, language, gender)).toBe(said);
  },
);

it.each([
  ["Prof. Dr. Anna Klein", "Prof. Dr.", "Anna Klein"],
  ["Alex M.", "", "Alex M."],
  ["Dott.ssa", "", "Dott.ssa"],
  ["", "", ""],
])("the title of %s is %s", (name, title, rest) => {
  expect(splitTitle(name)).toEqual([title, rest]);
});

it.each([
  ["Dr. Rossi", true],
  ["Avv. Neri", true],
  ["Dott.ssa Rossi", false],
  ["Anna Rossi", false],
  ["Dr.", false],
])("whether %s needs to be told: %s", (name, needed) => {
  expect(needsGender(name)).toBe(needed);
});
