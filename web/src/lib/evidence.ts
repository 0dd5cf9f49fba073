/**
 * What this browser itself noticed of the last seconds, and by which ways it tried to reach the
 * node, as a report for the node (docs/protocol.md, section 3). Pure: statistics come in.
 *
 * The node measures; this is second evidence. A number that this browser does not keep is left out.
 */

/** One entry of an `RTCStatsReport`; TypeScript's own types lack most members. */
export type Stat = { id: string; type: string; [member: string]: unknown };

type Way = "udp" | "tcp" | "turn";

export type PageReport = {
  type: "page";
  /** How often the other side's picture stood still, and for how long in all. */
  freezes?: number;
  frozen_ms?: number;
  /** Share of the sound played that was made up, silence apart. */
  concealed_ratio?: number;
  /** Why one's own picture is smaller than it could be. */
  limited_by?: string;
  relayed?: boolean;
  relays?: { host: string; port: number }[];
  tried?: Way[];
};

/** Counters that only grow, as they were at the last report. */
type Counters = { freezes: number; frozenS: number; concealed: number; samples: number };

const MAX_RELAYS = 8;
const LIMITS: readonly unknown[] = ["none", "cpu", "bandwidth", "other"];
const TRIED: readonly unknown[] = ["in-progress", "succeeded", "failed"];

export class Evidence {
  private before: Partial<Counters> = {};

  /**
   * Read the statistics of one connection, and tell what is new since the last time.
   *
   * @param cameraMid The m-line of the cameras: a screen that does not change is not frozen.
   */
  read(stats: Iterable<Stat>, cameraMid: string | null): PageReport {
    const all = [...stats];
    const now = countersOf(all, cameraMid);
    const before = this.before;
    this.before = now;
    const since = (name: keyof Counters) => {
      const [then, count] = [before[name], now[name]];
      // A counter that went back is of another stream: nothing is known of the time between.
      return then === undefined || count === undefined || count < then ? undefined : count - then;
    };
    const [frozenS, concealed, samples] = [since("frozenS"), since("concealed"), since("samples")];
    return compact<PageReport>({
      type: "page",
      freezes: atMost(since("freezes"), 1_000),
      frozen_ms: atMost(frozenS === undefined ? undefined : frozenS * 1000, 60_000),
      concealed_ratio: samples && concealed !== undefined ? share(concealed, samples) : undefined,
      limited_by: limitOf(all, cameraMid),
      ...waysOf(all),
    });
  }
}

function countersOf(all: Stat[], cameraMid: string | null): Partial<Counters> {
  const inbound = all.filter(({ type }) => type === "inbound-rtp");
  const sound = inbound.find(({ kind }) => kind === "audio");
  const picture = inbound.find(({ kind, mid }) => kind === "video" && mid === cameraMid);
  const concealed = numberOf(sound?.concealedSamples);
  const silent = numberOf(sound?.silentConcealedSamples) ?? 0;
  return compact<Partial<Counters>>({
    freezes: numberOf(picture?.freezeCount),
    frozenS: numberOf(picture?.totalFreezesDuration),
    concealed: concealed === undefined ? undefined : Math.max(0, concealed - silent),
    samples: numberOf(sound?.totalSamplesReceived),
  });
}

function limitOf(all: Stat[], cameraMid: string | null): string | undefined {
  const own = all.find(({ type, mid }) => type === "outbound-rtp" && mid === cameraMid);
  const reason = own?.qualityLimitationReason;
  return LIMITS.includes(reason) ? String(reason) : undefined;
}

type Ways = Pick<PageReport, "relayed" | "relays" | "tried">;

function waysOf(all: Stat[]): Ways {
  const locals = new Map(all.filter(isLocal).map((each) => [each.id, each]));
  const pairs = all.filter(({ type }) => type === "candidate-pair");
  const localOf = (pair: Stat | undefined) => locals.get(String(pair?.localCandidateId));
  const relays = [...locals.values()].filter(isRelay).flatMap(addressOf).slice(0, MAX_RELAYS);
  const tried = pairs.filter(isTried).flatMap((pair) => wayOf(localOf(pair)));
  const selected = localOf(selectedOf(all, pairs));
  return compact<Ways>({
    relayed: selected ? isRelay(selected) : undefined,
    relays: relays.length > 0 ? relays : undefined,
    tried: tried.length > 0 ? [...new Set(tried)] : undefined,
  });
}

const isLocal = ({ type }: Stat) => type === "local-candidate";
const isRelay = ({ candidateType }: Stat) => candidateType === "relay";

/** Firefox marks the pair, Chromium names it in the transport. */
function selectedOf(all: Stat[], pairs: Stat[]): Stat | undefined {
  const id = all.find(({ type }) => type === "transport")?.selectedCandidatePairId;
  return pairs.find((pair) => (id === undefined ? pair.selected === true : pair.id === id));
}

/** Chromium counts what it sent, Firefox says how far it is. */
function isTried({ requestsSent, state }: Stat): boolean {
  return typeof requestsSent === "number" ? requestsSent > 0 : TRIED.includes(state);
}

function wayOf(local: Stat | undefined): Way[] {
  if (!local) return [];
  if (isRelay(local)) return ["turn"];
  return [local.protocol === "tcp" ? "tcp" : "udp"];
}

function addressOf({ address, ip, port }: Stat): { host: string; port: number }[] {
  const host = address ?? ip;
  return typeof host === "string" && typeof port === "number" && port > 0 ? [{ host, port }] : [];
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function atMost(value: number | undefined, most: number): number | undefined {
  return value === undefined ? undefined : Math.min(Math.round(value), most);
}

function share(part: number, whole: number): number {
  return Math.round(Math.min(part / whole, 1) * 10_000) / 10_000;
}

type Gaps<Shape> = { [Name in keyof Shape]: Shape[Name] | undefined };

/** Without what is not known. */
function compact<Shape extends object>(whole: Gaps<Shape>): Shape {
  return Object.fromEntries(
    Object.entries(whole).filter(([, value]) => value !== undefined),
  ) as Shape;
}
