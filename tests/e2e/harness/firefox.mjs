// A patient who uses Firefox, driven by WebDriver BiDi (Playwright drives no stock Firefox).
// node firefox.mjs <firefox> <link> [script to run before the page's own]: opens the link, goes in, and prints one JSON
// line on standard output: {"waiting": true}, then every second what the page shows and receives ("rows": what a script's
// `__probe.record` kept since), until standard input closes.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { readFile } from "node:fs/promises";

const require = createRequire(new URL("../../../web/package.json", import.meta.url));
const { default: puppeteer } = await import(require.resolve("puppeteer-core"));
const [executablePath, link, script] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath,
  headless: true,
  extraPrefsFirefox: {
    "media.navigator.permission.disabled": true,
    "media.navigator.streams.fake": true,
    "media.peerconnection.ice.obfuscate_host_addresses": false,
    "intl.accept_languages": "en-GB",
  },
});
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => say({ error: String(error) }));
  await page.evaluateOnNewDocument(await readFile(fileURLToPath(new URL("probe.js", import.meta.url)), "utf8"));
  if (script) await page.evaluateOnNewDocument(script);
  await page.goto(link);
  await page.locator("::-p-text(Continue)").click();
  await page.locator("::-p-text(will let you in)").wait();
  say({ waiting: true });
  let open = true;
  process.stdin.resume().on("end", () => (open = false));
  while (open) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    say(
      await page.evaluate(async () => {
        const { look, stats, protocol, relay, takeRecorded, restarts } = window.__probe;
        const now = { look: look("remote"), protocol: await protocol(), relay: await relay(), ...(await stats()) };
        return { ...now, restarts, rows: takeRecorded?.() };
      }),
    );
  }
} finally {
  await browser.close();
}
