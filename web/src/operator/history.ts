/** What the page knows of the last two hours, and what it shows of that. Pure. */
import type { components } from "../lib/api-types";

type Schemas = components["schemas"];
export type Overview = Schemas["Overview"];
export type Samples = Schemas["Samples"];
export type NodeView = Schemas["NodeView"];
export type ChannelView = Schemas["ChannelView"];
export type FaultView = Schemas["FaultView"];
export type Distribution = Schemas["Distribution"];

const KEPT_MS = 2 * 3600 * 1000;
/** Ten seconds each: a minute of packets tells more than ten seconds do. */
const MINUTE = 6;

type Column = keyof Samples;

/** Add what is new to what is known; a control that started anew has forgotten, and so do we. */
export function merged(known: Overview | null, news: Overview): Overview {
  if (known === null || known.began_at !== news.began_at) return news;
  const [before, after] = [known.samples, news.samples];
  const last = Date.parse(before.at.at(-1) ?? "");
  const from = after.at.findIndex((at) => !(Date.parse(at) <= last));
  const fresh = from < 0 ? after.at.length : from;
  const oldest = Date.parse(news.now) - KEPT_MS;
  const first = before.at.findIndex((at) => Date.parse(at) >= oldest);
  const old = first < 0 ? before.at.length : first;
  const join = <Name extends Column>(name: Name) =>
    [...before[name].slice(old), ...after[name].slice(fresh)] as Samples[Name];
  return {
    ...news,
    samples: {
      at: join("at"),
      sessions: join("sessions"),
      waiting: join("waiting"),
      peers: join("peers"),
      good: join("good"),
      fair: join("fair"),
      poor: join("poor"),
      server: join("server"),
      unknown: join("unknown"),
      sent_up: join("sent_up"),
      lost_up: join("lost_up"),
      sent_down: join("sent_down"),
      lost_down: join("lost_down"),
    },
  };
}

/** Seconds since 1970 of each sample, as the plots want them. */
export function instants({ at }: Samples): number[] {
  return at.map((one) => Date.parse(one) / 1000);
}

/** Lost of sent in percent, of the minute up to each sample; null where nothing was sent. */
export function lossByMinute(sent: readonly number[], lost: readonly number[]): (number | null)[] {
  const sum = (values: readonly number[], upTo: number) =>
    values.slice(Math.max(0, upTo - MINUTE + 1), upTo + 1).reduce((all, one) => all + one, 0);
  return sent.map((_, index) => {
    const packets = sum(sent, index);
    return packets === 0 ? null : Math.min(100, (100 * sum(lost, index)) / packets);
  });
}

/** Both ways together, of the last minute. */
export function lossNow(samples: Samples): number | null {
  const add = (one: readonly number[], other: readonly number[]) =>
    one.map((value, index) => value + (other[index] ?? 0));
  const sent = add(samples.sent_up, samples.sent_down);
  return lossByMinute(sent, add(samples.lost_up, samples.lost_down)).at(-1) ?? null;
}

export const LAYERS = ["poor", "fair", "server", "unknown", "good"] as const;
export type Layer = (typeof LAYERS)[number];

/** The layers of the plot, each on top of those before it: what is poor lies at the foot. */
export function stacked(samples: Samples): number[][] {
  let below = samples.at.map(() => 0);
  return LAYERS.map((layer) => {
    below = below.map((height, index) => height + (samples[layer][index] ?? 0));
    return below;
  });
}

export interface Shares {
  readonly judged: number;
  readonly good: number;
  readonly fair: number;
  readonly poor: number;
}

/** How connections are now; `judged` leaves out those of which nothing can be said. */
export function sharesNow(samples: Samples): Shares {
  const last = (name: Layer) => samples[name].at(-1) ?? 0;
  const [good, fair, poor] = [last("good"), last("fair"), last("poor")];
  return { judged: good + fair + poor, good, fair, poor };
}

export interface Bar {
  /** null: more than the bar before. */
  readonly upTo: number | null;
  readonly count: number;
}

/** Put the bins of a node under fewer bounds, which are among its own or lie between them. */
export function bars({ bins }: Distribution, bounds: readonly number[]): Bar[] {
  const found = bounds.map((upTo) => ({ upTo: upTo as number | null, count: 0 }));
  const more = { upTo: null, count: 0 };
  for (const { up_to_s, count } of bins) {
    const bar = up_to_s === null ? more : found.find(({ upTo }) => up_to_s <= (upTo ?? 0));
    (bar ?? more).count += count;
  }
  return [...found, more];
}
