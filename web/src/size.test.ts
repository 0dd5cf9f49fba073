import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { compressFolder, gzip } from "../compress";
import { FONTS, lettersOf, rangeOf } from "../fonts";
import { bytesSent, firstFonts, firstLoad, limitFirstLoad } from "../size";

type Bundle = Parameters<typeof firstLoad>[0];

const chunk = (fileName: string, imports: string[], css: string[], page?: string) => ({
  type: "chunk",
  fileName,
  isEntry: page !== undefined,
  facadeModuleId: page ?? null,
  imports,
  viteMetadata: { importedCss: new Set(css) },
  code: fileName.repeat(100),
});
const BUNDLE = {
  "v.js": chunk("v.js", ["shared.js"], ["v.css"], "/web/v/index.html"),
  "shared.js": chunk("shared.js", [], ["shared.css"]),
  "other.js": chunk("other.js", ["shared.js"], ["other.css"], "/web/index.html"),
  "v/index.html": { type: "asset", source: "<!doctype html>".repeat(50) },
  "v.css": { type: "asset", source: "a{}@font-face{src:url(/assets/latin.woff2)}" },
  "shared.css": { type: "asset", source: "b{}@font-face{src:url(/assets/latin-ext.woff2)}" },
  "other.css": { type: "asset", source: "c{}@font-face{src:url(/assets/other.woff2)}" },
  "assets/latin.woff2": { type: "asset", source: new Uint8Array(20_000) },
  "assets/latin-ext.woff2": { type: "asset", source: new Uint8Array(80_000) },
  "assets/other.woff2": { type: "asset", source: new Uint8Array(70_000) },
} as unknown as Bundle;

test("a page's first load is its chunks and their styles, and nothing of another page", () => {
  const files = [...firstLoad(BUNDLE, "v/index.html")].sort();
  expect(files).toEqual(["shared.css", "shared.js", "v.css", "v.js"]);
});

test("a page that is not there is an error rather than zero bytes", () => {
  expect(() => firstLoad(BUNDLE, "w/index.html")).toThrow("no page");
});

test("its fonts are those of its own styles, without the letters that few pages show", () => {
  const files = firstLoad(BUNDLE, "v/index.html");
  expect(firstFonts(BUNDLE, files)).toEqual(["assets/latin.woff2"]);
});

test("sizes are those on the wire: text compressed, fonts as they are", () => {
  expect(bytesSent(BUNDLE, ["v.js"])).toBeLessThan(100);
  expect(bytesSent(BUNDLE, ["v.js"], gzip)).toBeLessThan(100);
  expect(bytesSent(BUNDLE, ["v.js", "v.css"])).toBeGreaterThan(bytesSent(BUNDLE, ["v.js"]));
  expect(bytesSent(BUNDLE, ["assets/latin.woff2"])).toBe(20_000);
});

test.each([
  [{ scripts: 100, all: 100_000 }, "JS and CSS (gzip) at first; the limit is 0.1 kB"],
  [{ scripts: 60_000, all: 20_000 }, "fonts (brotli) at first; the limit is 20 kB"],
])("the build fails at the limits %o and says by how much", (limits, words) => {
  const { generateBundle } = limitFirstLoad("v/index.html", limits) as unknown as {
    generateBundle: (this: object, options: null, bundle: Bundle) => void;
  };
  const context = {
    error: (text: string) => {
      throw new Error(text);
    },
    info: () => undefined,
  };
  expect(() => generateBundle.call(context, null, BUNDLE)).toThrow(words);
});

test("the build fails where the fonts are not found, rather than count none", () => {
  const { generateBundle } = limitFirstLoad("v/index.html", {
    scripts: 60_000,
    all: 100_000,
  }) as unknown as {
    generateBundle: (this: object, options: null, bundle: Bundle) => void;
  };
  const context = {
    error: (text: string) => {
      throw new Error(text);
    },
    info: () => undefined,
  };
  const { "assets/latin.woff2": _, ...without } = BUNDLE;
  expect(() => generateBundle.call(context, null, without)).toThrow("no font");
});

test("every file that gets smaller lies there compressed as well, in both ways", () => {
  const folder = mkdtempSync(join(tmpdir(), "visavis-"));
  try {
    mkdirSync(join(folder, "assets"));
    const content = "const a = 1;".repeat(100);
    writeFileSync(join(folder, "assets/a.js"), content);
    writeFileSync(join(folder, "tiny.svg"), "<svg/>");
    writeFileSync(join(folder, "assets/a.woff2"), content);
    const made = compressFolder(folder).map((file) => file.slice(folder.length + 1));
    expect(made.sort()).toEqual(["assets/a.js.br", "assets/a.js.gz"]);
    const read = (name: string) => readFileSync(join(folder, name));
    expect(brotliDecompressSync(read("assets/a.js.br")).toString()).toBe(content);
    expect(gunzipSync(read("assets/a.js.gz")).toString()).toBe(content);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the fonts are cut to the letters that their style promises", () => {
  const css = readFileSync(new URL("./ui/fonts.css", import.meta.url), "utf-8");
  for (const name of Object.keys(FONTS)) {
    const letters = lettersOf(rangeOf(css, name));
    for (const letter of "AZaz09àèéìòùÀÈ’“”«»…–€ß") expect(letters).toContain(letter);
  }
  expect(lettersOf("U+0041-0043, U+00E0")).toBe("ABCà");
  expect(() => rangeOf(css, "no.woff2")).toThrow("no.woff2");
});
