import { expect, test } from "vitest";
import { firstLoad, gzipBytes, limitFirstLoad } from "../size";

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
  "v.css": { type: "asset", source: "a{}" },
  "shared.css": { type: "asset", source: "b{}" },
  "other.css": { type: "asset", source: "c{}" },
} as unknown as Bundle;

test("a page's first load is its chunks and their styles, and nothing of another page", () => {
  const files = [...firstLoad(BUNDLE, "v/index.html")].sort();
  expect(files).toEqual(["shared.css", "shared.js", "v.css", "v.js"]);
});

test("a page that is not there is an error rather than zero bytes", () => {
  expect(() => firstLoad(BUNDLE, "w/index.html")).toThrow("no page");
});

test("sizes are those that gzip sends", () => {
  expect(gzipBytes(BUNDLE, ["v.js"])).toBeLessThan(400);
  expect(gzipBytes(BUNDLE, ["v.js", "v.css"])).toBeGreaterThan(gzipBytes(BUNDLE, ["v.js"]));
});

test("the build fails at the limit and says by how much", () => {
  const { generateBundle } = limitFirstLoad("v/index.html", 100) as unknown as {
    generateBundle: (this: object, options: null, bundle: Bundle) => void;
  };
  const context = {
    error: (text: string) => {
      throw new Error(text);
    },
    info: () => undefined,
  };
  expect(() => generateBundle.call(context, null, BUNDLE)).toThrow("the limit is 0.1 kB");
});
