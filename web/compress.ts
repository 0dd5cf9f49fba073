/** Writes `.br` and `.gz` beside every file that gets smaller, so that serving compresses nothing. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const COMPRESSIBLE = /\.(html|js|css|svg|json|txt|webmanifest)$/;

export function brotli(content: string | Uint8Array): Buffer {
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  return brotliCompressSync(content, { params });
}

export function gzip(content: string | Uint8Array): Buffer {
  return gzipSync(content, { level: constants.Z_BEST_COMPRESSION });
}

/** Compress what lies in a folder; fonts and pictures are so already. Returns the files written. */
export function compressFolder(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf-8" });
  const files = names
    .filter((name) => COMPRESSIBLE.test(name))
    .map((name) => resolve(folder, name));
  return files.flatMap((file) => {
    const content = readFileSync(file);
    const made = { [`${file}.br`]: brotli(content), [`${file}.gz`]: gzip(content) };
    const smaller = Object.entries(made).filter(([, bytes]) => bytes.length < content.length);
    for (const [name, bytes] of smaller) writeFileSync(name, bytes);
    return smaller.map(([name]) => name);
  });
}

export function compressed(): Plugin {
  let folder = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    // After everything was written, what `public` holds too.
    closeBundle(error) {
      if (!error) compressFolder(folder);
    },
  };
}
