import { describe, expect, test } from "vitest";
import type { Message, Messages } from "./core";
import glossary from "./glossary.json";

/**
 * The glossary and the style of WORDS.md, as far as a program can tell. glossary.json is read by
 * tests/control/test_words.py too, for what control writes.
 */

type Rule = readonly [pattern: string, why: string];
const RULES = glossary as unknown as Readonly<Record<string, readonly Rule[]>>;

/** Ending as the names of buttons do, and sentences of their own. */
const NO_NAMES = new Set(["room.waiting_for", "trouble.slow_down_for"]);

/** Every catalogue there is: name, language, messages. */
const CATALOGUES = Object.entries(
  import.meta.glob<Record<string, Messages>>(["./*.*.ts", "!./*.test.ts"], { eager: true }),
).map(([path, module]) => {
  const [, name = "", language = ""] = /([\w-]+)\.(\w\w)\.ts$/.exec(path) ?? [];
  return { name, language, messages: Object.values(module)[0] ?? {} };
});

const forms = (message: Message | undefined): readonly string[] => {
  if (message === undefined) return [];
  return typeof message === "string" ? [message] : [message.one, message.other];
};
const names = (message: Message | undefined) =>
  [...new Set(forms(message).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();

function broken(language: string, messages: Messages): string[] {
  const rules = [...(RULES["every"] ?? []), ...(RULES[language] ?? [])];
  return Object.entries(messages).flatMap(([key, message]) =>
    forms(message).flatMap((text) =>
      rules
        .filter(([pattern]) => new RegExp(pattern, "u").test(text))
        .map(([, why]) => `${key}: ${text} (${why})`),
    ),
  );
}

describe.each(CATALOGUES)("$name in $language", ({ name, language, messages }) => {
  const english = CATALOGUES.find((each) => each.name === name && each.language === "en");

  test("keeps the glossary and the style", () => {
    expect(RULES).toHaveProperty(language);
    expect(broken(language, messages)).toEqual([]);
  });

  test("says everything that English says, with the same names filled in", () => {
    const said = english?.messages ?? {};
    const missing = Object.keys(said).filter((key) => !(key in messages));
    const unknown = Object.keys(messages).filter((key) => !(key in said));
    expect({ missing, unknown }).toEqual({ missing: [], unknown: [] });
    for (const key of Object.keys(said)) {
      expect([key, typeof messages[key]]).toEqual([key, typeof said[key]]);
      expect([key, names(messages[key])]).toEqual([key, names(said[key])]);
      for (const text of forms(messages[key])) expect(text, key).not.toBe("");
    }
  });

  test("names a button for screen readers with the words that stand on it (WCAG 2.5.3)", () => {
    const lower = (key: string) => forms(messages[key]).join().toLowerCase();
    const unlike = Object.keys(messages).filter((key) => {
      const seen = key.replace(/_(for|of)$/, "");
      return (
        seen !== key && seen in messages && !NO_NAMES.has(key) && !lower(key).includes(lower(seen))
      );
    });
    expect(unlike).toEqual([]);
  });
});

test("all catalogues were found", () => {
  const found = new Set(CATALOGUES.map(({ name, language }) => `${name}.${language}`));
  for (const each of ["patient.en", "patient.it", "therapist.it", "meeting.it"])
    expect(found).toContain(each);
});

test("the rules find what they forbid", () => {
  const bad: readonly (readonly [string, string])[] = [
    ["en", "we hear you"],
    ["en", "{n} session(s)"],
    ["it", "Bentornati"],
    ["it", "valido fino al {date}"],
    ["it", "Lo schermo di {therapist}"],
    ["it", "entri nella stanza"],
    ["fr", "Vraiment ?"],
    ["fr", "l'écran de {therapist}"],
    ["de", "Kannst du mich hören"],
    ["es", "tu cámara"],
  ];
  for (const [language, text] of bad) expect(broken(language, { text }), text).not.toEqual([]);
  expect(broken("it", { text: "entri nella stanza virtuale" })).toEqual([]);
  expect(broken("fr", { text: "Vraiment\u00a0?" })).toEqual([]);
});
