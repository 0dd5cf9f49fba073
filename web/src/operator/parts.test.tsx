import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { t } from "../i18n/ops";
import { aPage, FakeElement, textOf } from "../ui/testing/dom";
import type { Distribution } from "./history";
import { Bars } from "./parts";

let at: ReturnType<typeof aPage>;
beforeEach(() => {
  at = aPage();
  Object.assign(FakeElement.prototype, { style: {} });
});
afterEach(async () => {
  await at.draw(null);
  vi.unstubAllGlobals();
});

async function gaps(distribution: Distribution): Promise<string> {
  await at.draw(
    <Bars
      title={t("dist.gaps")}
      unit={t("dist.gaps_unit")}
      none={t("dist.gaps_none")}
      distribution={distribution}
      bounds={[0.02, 0.4]}
      lateFrom={0.2}
      wide
    />,
  );
  return textOf(at.body);
}

test("gaps in the sound are columns by their length, said in words as well", async () => {
  const bins = [
    { up_to_s: 0.02, count: 31 },
    { up_to_s: 0.4, count: 2 },
    { up_to_s: null, count: 1 },
  ];
  const text = await gaps({ count: 34, p95_s: 0.4, bins });
  expect(text).toContain("GAPS IN THE SOUND");
  for (const said of ["up to 20 ms: 31", "up to 0.4 s: 2", "more than 0.4 s: 1"]) {
    expect(text).toContain(said);
  }
});

test("sound without a gap is said to have none", async () => {
  expect(await gaps({ count: 0, p95_s: null, bins: [] })).toContain(t("dist.gaps_none"));
});
