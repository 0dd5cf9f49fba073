import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** The licence notices in `folder` as one text, each under the name of its npm package. */
export function notices(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = entries.filter((name) => name.endsWith(".txt")).sort();
  if (files.length === 0) throw new Error(`no licence notices in ${folder}`);
  const parts = files.map((file) => {
    const title = file.slice(0, -".txt".length);
    return `${title}\n${"=".repeat(title.length)}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  // A byte order mark, since text is served without naming its encoding.
  return `\uFEFFVisavis bundles these packages.\n\n${parts.join("\n\n")}`;
}

/** Serve the notices of what is bundled as `/licenses.txt`. */
export function emitNotices(folder: string): Plugin {
  return {
    name: "emit-notices",
    apply: "build",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "licenses.txt", source: notices(folder) });
    },
  };
}
