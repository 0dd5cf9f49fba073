import { describe, expect, it } from "vitest";
import { locale } from "../../i18n/core";
import { now } from "../hooks";
import { byDay } from "./table";

locale.value = "en";

const row = (id: string, day: number, hour: number) => ({
  id,
  at: new Date(2026, 10, day, hour).getTime(),
});
const told = (rows: ReturnType<typeof row>[]) =>
  byDay(rows, ({ at }) => at).map(({ day, rows }) => `${day}: ${rows.map(({ id }) => id)}`);

describe("rows under their days", () => {
  it("stand together in the order in which they came", () => {
    now.value = new Date(2026, 10, 23, 12).getTime();
    expect(told([row("a", 23, 10), row("b", 23, 0), row("c", 22, 23), row("d", 20, 9)])).toEqual([
      "Today, Monday 23 November: a,b",
      "Yesterday, Sunday 22 November: c",
      "Friday 20 November: d",
    ]);
  });

  it("are one group without a heading where there are no days", () => {
    expect(byDay([row("a", 23, 10)])).toEqual([{ day: "", rows: [row("a", 23, 10)] }]);
    expect(byDay([], () => 0)).toEqual([]);
  });
});
