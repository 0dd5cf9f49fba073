import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it, test } from "vitest";
import { addressOf, readGuides, toHtml } from "../guides";
import { helpAddress, PATIENT_LANGUAGES } from "./i18n/languages";

const DOCS = resolve(import.meta.dirname, "../../docs");
const GUIDES = readGuides(DOCS);

describe("a guide's Markdown", () => {
  it("becomes headings, paragraphs, lists and pictures", () => {
    expect(toHtml("# A\n\n## B **c**")).toBe("<h1>A</h1>\n<h2>B <strong>c</strong></h2>");
    expect(toHtml("- one\n- two")).toBe("<ul><li>one</li><li>two</li></ul>");
    expect(toHtml("1. one\n2. two")).toBe("<ol><li>one</li><li>two</li></ol>");
    expect(toHtml('![A "b"](images/guide/a.en.webp)')).toContain(
      'src="/help/images/a.en.webp" alt="A &quot;b&quot;"',
    );
    expect(toHtml("<script>")).toBe("<p>&lt;script&gt;</p>");
  });

  it.each(["- one\ntwo", "| a | b |", "```\ncode\n```", "![a](elsewhere.png)"])(
    "that cannot be shown fails the build: %s",
    (markdown) => {
      expect(() => toHtml(markdown)).toThrow("Help cannot show");
    },
  );
});

test("every language's Help is there, with its pictures", () => {
  const pages = GUIDES.map((guide) => `/${addressOf(guide)}`);
  for (const language of PATIENT_LANGUAGES) {
    expect(pages).toContain(helpAddress("patient", language));
    expect(pages).toContain(helpAddress("therapist", language));
  }
  const pictures = GUIDES.flatMap(
    ({ markdown }) => markdown.match(/images\/guide\/[\w.-]+/g) ?? [],
  );
  for (const picture of pictures) expect(existsSync(resolve(DOCS, picture)), picture).toBe(true);
  expect(readdirSync(resolve(DOCS, "images/guide")).length).toBe(new Set(pictures).size);
});

test("the guides of two languages have the same parts", () => {
  const parts = (markdown: string) =>
    markdown.split("\n").map((line) => /^(#+|- |\d+\.|!)/.exec(line)?.[0] ?? "");
  for (const { name, markdown } of GUIDES) {
    const english = GUIDES.find((each) => each.name === name && each.language === "en");
    expect(parts(markdown)).toEqual(parts(english?.markdown ?? ""));
  }
});
