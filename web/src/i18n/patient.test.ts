import { expect, test } from "vitest";
import { en } from "./patient.en";
import { it } from "./patient.it";

const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test.each(Object.keys(en) as (keyof typeof en)[])("%s names the same in both languages", (key) => {
  expect(names(it[key])).toEqual(names(en[key]));
  expect(it[key]).not.toBe("");
});

test("no sentence shouts", () => {
  for (const text of [...Object.values(en), ...Object.values(it)]) expect(text).not.toContain("!");
});
