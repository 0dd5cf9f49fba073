/**
 * Builds Help: docs/guide-*.md as pages of the product, `/help/`, without a script.
 *
 * The guides use the part of Markdown that is read here (headings, paragraphs, lists, pictures,
 * bold, links), so that the build needs no library; anything else fails the build.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const GUIDE = /^guide-(\w+)(?:\.(\w\w))?\.md$/;
/** What a page of Help says beside its guide. */
const WORDS: Readonly<Record<string, { readonly help: string; readonly own: string }>> = {
  en: { help: "Help", own: "English" },
  it: { help: "Guida", own: "Italiano" },
};

type Guide = { readonly name: string; readonly language: string; readonly markdown: string };

export function readGuides(docs: string): readonly Guide[] {
  return readdirSync(docs).flatMap((file) => {
    const [, name, language = "en"] = GUIDE.exec(file) ?? [];
    if (!name) return [];
    return [{ name, language, markdown: readFileSync(join(docs, file), "utf8") }];
  });
}

/** Turn a guide's Markdown into HTML. */
export function toHtml(markdown: string): string {
  return markdown
    .trim()
    .split(/\n{2,}/)
    .map(block)
    .join("\n");
}

function block(text: string): string {
  const heading = /^(#{1,3}) (.+)$/.exec(text);
  if (heading?.[1] && heading[2]) {
    const level = heading[1].length;
    return `<h${level}>${inline(heading[2])}</h${level}>`;
  }
  const picture = /^!\[(.+)\]\(images\/guide\/([\w.-]+)\)$/.exec(text);
  if (picture?.[1] && picture[2])
    return `<figure><img src="/help/images/${picture[2]}" alt="${escaped(picture[1])}" loading="lazy"></figure>`;
  if (/^(- |\d+\. )/.test(text)) return list(text);
  if (/^[#!>|`]|^ {2}/m.test(text)) throw new Error(`Help cannot show: ${text.slice(0, 60)}`);
  return `<p>${inline(text)}</p>`;
}

function list(text: string): string {
  const kind = text.startsWith("- ") ? "ul" : "ol";
  const items = text.split("\n").map((line) => {
    const item = /^(?:- |\d+\. )(.+)$/.exec(line)?.[1];
    if (!item) throw new Error(`Help cannot show: ${line.slice(0, 60)}`);
    return `<li>${inline(item)}</li>`;
  });
  return `<${kind}>${items.join("")}</${kind}>`;
}

function inline(text: string): string {
  return escaped(text)
    .replace(/\*\*(.+?)\*\*/g, "<strong>$1</strong>")
    .replace(/\[(.+?)\]\((https:[^)]+|[\w./-]+)\)/g, '<a href="$2">$1</a>');
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

export function addressOf({ name, language }: Guide): string {
  return `help/${name}${language === "en" ? "" : `.${language}`}.html`;
}

function page(guide: Guide, all: readonly Guide[]): string {
  const title = /^# (.+)$/m.exec(guide.markdown)?.[1] ?? "Visavis";
  const others = all
    .filter((each) => each.name === guide.name && each !== guide)
    .map(
      (each) =>
        `<a href="/${addressOf(each)}" lang="${each.language}">${WORDS[each.language]?.own}</a>`,
    );
  const help = WORDS[guide.language]?.help;
  return `<!doctype html>
<html lang="${guide.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)} · Visavis</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/help/help.css">
</head>
<body>
<header><span>Visavis · ${help}</span><nav aria-label="${help}">${others.join(" ")}</nav></header>
<main>
${toHtml(guide.markdown)}
</main>
</body>
</html>
`;
}

/** Emit the pages of Help, their style and their pictures. */
export function emitGuides(docs: string, style: string): Plugin {
  return {
    name: "emit-guides",
    apply: "build",
    generateBundle() {
      const emit = (fileName: string, source: string | Uint8Array) =>
        this.emitFile({ type: "asset", fileName, source });
      const guides = readGuides(docs);
      for (const guide of guides) emit(addressOf(guide), page(guide, guides));
      emit("help/help.css", readFileSync(style, "utf8"));
      const pictures = join(docs, "images/guide");
      for (const name of readdirSync(pictures))
        emit(`help/images/${name}`, readFileSync(join(pictures, name)));
    },
  };
}
