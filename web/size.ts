import type { Plugin, Rolldown } from "vite";
import { brotli, gzip } from "./compress.ts";

type Bundle = Rolldown.OutputBundle;

/** The chunks of a page and their styles: what it loads before it can be used, fonts apart. */
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

/** The fonts in those styles that every page shows letters of; latin-ext waits for such a letter. */
export function firstFonts(bundle: Bundle, files: readonly string[]): readonly string[] {
  const styles = files.filter((name) => name.endsWith(".css")).map((name) => text(bundle, name));
  const fonts = Object.keys(bundle).filter((name) => name.endsWith(".woff2"));
  const asked = fonts.filter((name) => styles.some((style) => style.includes(name)));
  return asked.filter((name) => !name.includes("latin-ext"));
}

/** The sum of the files as they are sent with this compression, in bytes; fonts have their own. */
export function bytesSent(
  bundle: Bundle,
  files: readonly string[],
  compress: (content: string | Uint8Array) => Uint8Array = brotli,
): number {
  const sizes = files.map((name) => {
    const content = contentOf(bundle, name);
    return name.endsWith(".woff2") ? content.length : compress(content).length;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

function contentOf(bundle: Bundle, name: string): string | Uint8Array {
  const file = bundle[name];
  if (!file) throw new Error(`the build has no file ${name}`);
  return file.type === "chunk" ? file.code : file.source;
}

function text(bundle: Bundle, name: string): string {
  const content = contentOf(bundle, name);
  return typeof content === "string" ? content : new TextDecoder().decode(content);
}

/** In bytes: `scripts` for JS and CSS with gzip, `all` with HTML and fonts, by brotli. */
export type Limits = { scripts: number; all: number };

/** Let the build fail when a page's first load reaches a limit: phones on a poor line. */
export function limitFirstLoad(page: string, limits: Limits): Plugin {
  return {
    name: "limit-first-load",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const files = firstLoad(bundle, page);
      const fonts = firstFonts(bundle, files);
      if (fonts.length === 0) this.error(`the styles of ${page} ask for no font of this build`);
      const all = [page, ...files, ...fonts];
      const judge = (bytes: number, limit: number, what: string) => {
        const said = `${page} loads ${(bytes / 1000).toFixed(1)} kB of ${what} at first`;
        if (bytes >= limit) this.error(`${said}; the limit is ${limit / 1000} kB`);
        this.info(said);
      };
      judge(bytesSent(bundle, files, gzip), limits.scripts, "JS and CSS (gzip)");
      judge(bytesSent(bundle, all), limits.all, "HTML, JS, CSS and fonts (brotli)");
    },
  };
}
