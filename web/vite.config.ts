import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { compressed } from "./compress.ts";
import { subsetFonts } from "./fonts.ts";
import { emitGuides } from "./guides.ts";
import { emitNotices } from "./notices.ts";
import { limitFirstLoad } from "./size.ts";

const here = import.meta.dirname;
const control = process.env.VISAVIS_CONTROL ?? "http://localhost:8080";

const OPERATOR = "operator";

/**
 * Two pages, the therapist's application and the patient's visit, which share chunks, never state.
 * The operator's is built by itself (`--mode operator`): a third page to share with would cut the
 * chunks smaller, and cost each patient 0.8 kB for what no patient opens.
 *
 * Nothing is inlined into HTML or CSS as `data:`, since the pages are served with
 * `Content-Security-Policy: default-src 'self'`.
 */
export default defineConfig(({ mode }) => ({
  root: here,
  plugins: [
    subsetFonts(resolve(here, "src/ui/fonts.css")),
    ...(mode === OPERATOR
      ? []
      : [
          limitFirstLoad("v/index.html", { scripts: 60_000, all: 100_000 }),
          emitNotices(resolve(here, "../LICENSES")),
          emitGuides(resolve(here, "../docs"), resolve(here, "help.css")),
        ]),
    compressed(),
  ],
  build: {
    outDir: resolve(here, "../control/static"),
    emptyOutDir: mode !== OPERATOR,
    copyPublicDir: mode !== OPERATOR,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ["chrome107", "firefox115", "safari16"],
    rollupOptions: {
      input:
        mode === OPERATOR
          ? { operator: resolve(here, "ops/index.html") }
          : { therapist: resolve(here, "index.html"), patient: resolve(here, "v/index.html") },
    },
  },
  server: {
    proxy: { "/api": { target: control, ws: true } },
  },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    environment: "node",
    restoreMocks: true,
  },
}));
