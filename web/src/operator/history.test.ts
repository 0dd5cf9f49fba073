import { expect, test } from "vitest";
import {
  bars,
  lossByMinute,
  lossNow,
  merged,
  type Overview,
  type Samples,
  sharesNow,
  stacked,
} from "./history";

const BEGAN = "2026-03-02T09:00:00Z";
const at = (second: number) => new Date(Date.parse(BEGAN) + second * 1000).toISOString();
const NAMES = [
  "sessions", "waiting", "peers", "good", "fair", "poor", "server", "unknown",
  "sent_up", "lost_up", "sent_down", "lost_down",
] as const; // biome-ignore format: a list

function samples(seconds: readonly number[], columns: Partial<Samples> = {}): Samples {
  const zeros = Object.fromEntries(NAMES.map((name) => [name, seconds.map(() => 0)]));
  return { at: seconds.map(at), ...zeros, ...columns } as Samples;
}

function overview(found: Samples, now: number, began = BEGAN): Overview {
  const none = { count: 0, p95_s: null, bins: [] };
  return {
    now: at(now),
    began_at: began,
    version: "1",
    nodes: [],
    samples: found,
    joins: none,
    failed_joins: 0,
    starts: none,
    gaps: none,
    channels: [],
    faults: [],
  };
}

test("later samples are added to those that are known, each once", () => {
  const known = overview(samples([10, 20], { sessions: [1, 2] }), 25);
  const news = overview(samples([20, 30], { sessions: [2, 3] }), 35);
  const found = merged(known, news);
  expect(found.samples.at).toEqual([at(10), at(20), at(30)]);
  expect(found.samples.sessions).toEqual([1, 2, 3]);
  expect(found.now).toBe(at(35));
});

test("no news leaves the samples as they are", () => {
  const known = overview(samples([10, 20]), 25);
  expect(merged(known, overview(samples([]), 26)).samples.at).toEqual([at(10), at(20)]);
});

test("samples older than two hours go", () => {
  const known = overview(samples([10, 20]), 25);
  const found = merged(known, overview(samples([7215]), 7215));
  expect(found.samples.at).toEqual([at(20), at(7215)]);
});

test("a control that started anew has forgotten, and the page forgets with it", () => {
  const known = overview(samples([10, 20]), 25);
  const news = overview(samples([40]), 45, at(35));
  expect(merged(known, news)).toBe(news);
});

test("loss is of the packets of the last minute, and unknown without any", () => {
  expect(lossByMinute([0, 100, 100], [0, 0, 4])).toEqual([null, 0, 2]);
  const sent = [1000, 0, 0, 0, 0, 0, 100];
  expect(lossByMinute(sent, [1000, 0, 0, 0, 0, 0, 1]).at(-1)).toBe(1);
  expect(lossByMinute([10], [30])).toEqual([100]);
});

test("loss now is of both ways together", () => {
  const columns = { sent_up: [100], lost_up: [3], sent_down: [300], lost_down: [1] };
  expect(lossNow(samples([10], columns))).toBe(1);
  expect(lossNow(samples([]))).toBeNull();
});

test("poor lies at the foot of the stack and good on top of all", () => {
  const columns = { poor: [1], fair: [2], server: [3], unknown: [4], good: [5] };
  expect(stacked(samples([10], columns))).toEqual([[1], [3], [6], [10], [15]]);
});

test("shares leave out those of whom nothing can be said", () => {
  const columns = { poor: [0, 1], fair: [0, 1], server: [0, 9], unknown: [0, 9], good: [9, 2] };
  expect(sharesNow(samples([10, 20], columns))).toEqual({ judged: 4, good: 2, fair: 1, poor: 1 });
  expect(sharesNow(samples([])).judged).toBe(0);
});

test("bins go under the next bound, and what is longer than all under more", () => {
  const bins = [0.05, 0.2, 0.3, 0.5, 2, null].map((up_to_s, count) => ({ up_to_s, count }));
  expect(bars({ count: 15, p95_s: null, bins }, [0.2, 0.5])).toEqual([
    { upTo: 0.2, count: 1 },
    { upTo: 0.5, count: 5 },
    { upTo: null, count: 9 },
  ]);
});
