/**
 * Cuts the fonts down to what the pages use, at build time: letters, weights and features.
 *
 * As they come, Inter and Source Serif weigh 99 kB for Latin letters alone, more than all the rest
 * of the patient's page.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import subsetFont from "subset-font";
import type { Plugin } from "vite";

type Weights = number | { min: number; max: number };
type Font = { from: string; weights: Weights; features: string[] };

const ALWAYS = ["ccmp", "locl", "kern", "mark"];

/** By the name that `fonts.css` asks for. */
export const FONTS: Readonly<Record<string, Font>> = {
  "inter-latin.woff2": {
    from: "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    weights: { min: 400, max: 600 },
    features: [...ALWAYS, "tnum", "cv11", "ss03"],
  },
  "source-serif-4-latin.woff2": {
    from: "@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2",
    weights: 500,
    features: [...ALWAYS, "liga"],
  },
};

/** The letters of a CSS `unicode-range`: "U+0041-0043, U+00E0" is "ABCà". */
export function lettersOf(unicodeRange: string): string {
  const ranges = [...unicodeRange.matchAll(/U\+([0-9a-f]+)(?:-([0-9a-f]+))?/gi)];
  const codes = ranges.flatMap(([, first = "0", last = first]) => {
    const from = Number.parseInt(first, 16);
    return Array.from({ length: Number.parseInt(last, 16) - from + 1 }, (_, n) => from + n);
  });
  return String.fromCodePoint(...codes);
}

/** The `unicode-range` of the `@font-face` that asks for a font of ours. */
export function rangeOf(css: string, name: string): string {
  const face = css.split("@font-face").find((block) => block.includes(`"@fonts/${name}"`));
  const range = /unicode-range:([^;]*)/.exec(face ?? "")?.[1];
  if (!range) throw new Error(`no @font-face with a unicode-range asks for ${name}`);
  return range;
}

async function cut(font: Font, letters: string): Promise<Buffer> {
  const whole = readFileSync(resolve(import.meta.dirname, "node_modules", font.from));
  return subsetFont(whole, letters, {
    targetFormat: "woff2",
    variationAxes: { wght: font.weights },
    keepFeatures: font.features,
  });
}

/** Make the fonts that `css` asks for as `@fonts/…`, and say where they lie. */
export function subsetFonts(css: string): Plugin {
  const folder = resolve(import.meta.dirname, "node_modules/.cache/fonts");
  return {
    name: "subset-fonts",
    async config() {
      if (process.env["VITEST"]) return;
      const text = readFileSync(css, "utf-8");
      mkdirSync(folder, { recursive: true });
      for (const [name, font] of Object.entries(FONTS)) {
        const letters = lettersOf(rangeOf(text, name));
        writeFileSync(resolve(folder, name), await cut(font, letters));
      }
      return { resolve: { alias: { "@fonts": folder } } };
    },
  };
}
