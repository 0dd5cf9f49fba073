import { afterEach, beforeEach, expect, test } from "vitest";
import { locale } from "../i18n/core";
import { aPage, textOf } from "../ui/testing/dom";
import type { NodeView } from "./history";
import { Nodes } from "./nodes";

const NODE: NodeView = {
  id: "node-1",
  state: "good",
  cpu_ratio: 0.1,
  rooms: 1,
  peers: 2,
  loop_lag_p95_ms: 1,
  packet_core: "python",
  began_at: null,
  version: "0.2.0",
};

let at: ReturnType<typeof aPage>;
beforeEach(() => {
  locale.value = "en";
  at = aPage();
});
afterEach(async () => {
  await at.draw(null);
});

async function shown(version: string | null): Promise<string> {
  await at.draw(<Nodes nodes={[{ ...NODE, version }]} control="0.2.0" />);
  return textOf(at.body);
}

test("a node shows its version", async () => {
  const text = await shown("0.2.0");
  expect(text).toContain("version 0.2.0");
  expect(text).not.toContain("control");
});

test.each([
  ["en", "version 0.1.0, older or newer than control"],
  ["it", "versione 0.1.0, diversa da quella di control"],
])("a node of another version than control says so in %s", async (language, words) => {
  locale.value = language;
  expect(await shown("0.1.0")).toContain(words);
});

test("a node that tells no version is shown without one", async () => {
  expect(await shown(null)).not.toContain("version");
});
