import { gzipSync } from "node:zlib";
import type { Plugin, Rolldown } from "vite";

type Bundle = Rolldown.OutputBundle;

/** What a page loads before it can be used, HTML and fonts apart: its chunks and their styles. */
export function firstLoad(bundle: Bundle, page: string): readonly string[] {
  const entry = Object.values(bundle).find(
    (file) => file.type === "chunk" && file.isEntry && file.facadeModuleId?.endsWith(page),
  );
  if (!entry) throw new Error(`the build has no page ${page}`);
  const files = new Set<string>();
  const visit = (name: string) => {
    const file = bundle[name];
    if (files.has(name) || file?.type !== "chunk") return;
    files.add(name);
    for (const style of file.viteMetadata?.importedCss ?? []) files.add(style);
    file.imports.forEach(visit);
  };
  visit(entry.fileName);
  return [...files];
}

/** The sum of the files as gzip sends them, in bytes. */
export function gzipBytes(bundle: Bundle, files: readonly string[]): number {
  const sizes = files.map((name) => {
    const file = bundle[name];
    if (!file) throw new Error(`the build has no file ${name}`);
    return gzipSync(file.type === "chunk" ? file.code : file.source).length;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Let the build fail when a page's first load reaches `limit` bytes: phones on a poor line. */
export function limitFirstLoad(page: string, limit: number): Plugin {
  return {
    name: "limit-first-load",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const bytes = gzipBytes(bundle, firstLoad(bundle, page));
      const said = `${page} loads ${(bytes / 1000).toFixed(1)} kB of JS and CSS (gzip) at first`;
      if (bytes >= limit) this.error(`${said}; the limit is ${limit / 1000} kB`);
      this.info(said);
    },
  };
}
