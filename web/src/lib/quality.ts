/**
 * What a media node measured of a line, read and judged for pages. Pure.
 *
 * A node may be newer than the page, or older: levels and causes of a newer one are read as
 * unknown and other, and where an older one tells no quality the round trip decides alone.
 */
import { type Level, levelOfRoundTrip } from "./level";
import type { Cause, CheckReport, DirectionQuality, LineQuality, ReachReport } from "./types";

/** What a check said counts for so long, in milliseconds. */
const CHECK_COUNTS_MS = 10 * 60_000;

/** A check takes at most ten seconds; the rest is the way of the news. */
const CHECK_ENDS_MS = 20_000;

const LEVELS = ["good", "fair", "poor", "no_call"] as const;
type JudgedLevel = (typeof LEVELS)[number];

/** From good to the worst; what is not judged has no rank. */
const RANK: Readonly<Record<string, number>> = { good: 0, fair: 1, poor: 2, no_call: 3 };

const CAUSES: readonly string[] = [
  "none",
  "delay",
  "loss_up",
  "loss_down",
  "jitter_up",
  "jitter_down",
  "capacity_up",
  "capacity_down",
  "bufferbloat",
  "server",
] satisfies Cause[];

export interface Judged {
  /** Null where nothing can be said: too little came, or the node itself was at fault. */
  readonly level: JudgedLevel | null;
  readonly cause: Cause;
  /** Good, and close to a limit. */
  readonly borderline: boolean;
  /** What it rests on; null where the round trip decided alone, or nothing is known. */
  readonly quality: LineQuality | null;
}

export interface Measured {
  readonly quality: LineQuality | null;
  readonly check: CheckReport | null;
  readonly rtt_ms: number | null;
}

const NOT_KNOWN: Judged = { level: null, cause: "none", borderline: false, quality: null };

/**
 * Judge a line by what was measured: in contact by the last seconds alone, before it also by a
 * check that is not old. The worse of both counts, since a check fills the line and sees more.
 *
 * @param now The server's time.
 */
export function judge(measured: Measured, contact: boolean, now: number): Judged {
  const check = contact ? null : freshCheck(measured.check, now);
  const [live, checked] = [measured.quality, check?.quality ?? null];
  // That our own server is late now explains whatever else is seen now.
  const isOurs = live?.cause === "server";
  const quality = !isOurs && rank(checked) >= rank(live) ? checked : live;
  if (quality) return of(quality);
  return measured.rtt_ms === null ? NOT_KNOWN : ofRoundTrip(measured.rtt_ms);
}

/** The mark that a level is shown with: there are three shapes. */
export function markOf(level: JudgedLevel | null): Level | null {
  return level === "no_call" ? "poor" : level;
}

/** A check that is done, or is under way and has something to say, and is not old. */
export function freshCheck(check: CheckReport | null, now: number): CheckReport | null {
  if (check === null || now - endOf(check) > CHECK_COUNTS_MS) return null;
  return check;
}

/** A check is under way; one that was not heard of any more has been given up. */
export function isRunning(check: CheckReport | null, now: number): boolean {
  return check?.state === "running" && now - Date.parse(check.started_at) < CHECK_ENDS_MS;
}

/** When a check ended, or how far it had come, in epoch milliseconds. */
export function endOf({ started_at, took_ms }: CheckReport): number {
  return Date.parse(started_at) + took_ms;
}

/** Read what a node said by the data channel; null for none and for what cannot be read. */
export function readQuality(value: unknown): LineQuality | null {
  const said = asRecord(value);
  if (!said || typeof said.level !== "string") return null;
  const judged = LEVELS.find((level) => level === said.level);
  return {
    level: judged ?? "unknown",
    cause: CAUSES.includes(String(said.cause)) ? (said.cause as Cause) : "other",
    borderline: said.borderline === true,
    rtt_ms: asNumber(said.rtt_ms),
    loaded_rtt_ms: asNumber(said.loaded_rtt_ms),
    up: readDirection(said.up),
    down: readDirection(said.down),
    r_factor: asNumber(said.r_factor),
    delay_ms: asNumber(said.delay_ms),
  };
}

/** As `readQuality`. */
export function readCheck(value: unknown): CheckReport | null {
  const said = asRecord(value);
  const quality = readQuality(said?.quality);
  if (!said || !quality || typeof said.started_at !== "string") return null;
  if (Number.isNaN(Date.parse(said.started_at))) return null;
  return {
    state: oneOf(["running", "done", "stopped"], said.state) ?? "other",
    started_at: said.started_at,
    took_ms: asNumber(said.took_ms) ?? 0,
    size_bytes: asNumber(said.size_bytes) ?? 0,
    connect_ms: asNumber(said.connect_ms),
    handshake_ms: asNumber(said.handshake_ms),
    transit: oneOf(["udp", "tcp"], said.transit),
    reach: readReach(said.reach),
    quality,
    microphone: oneOf(["works", "quiet", "missing"], said.microphone) ?? "unknown",
    camera: oneOf(["works", "black", "frozen", "missing"], said.camera) ?? "unknown",
  };
}

function readReach(value: unknown): ReachReport | null {
  const said = asRecord(value);
  if (!said) return null;
  const { udp, tcp, turn } = said;
  return {
    udp: readPath(udp),
    tcp: readPath(tcp),
    turn: readPath(turn),
    in_use: oneOf(["udp", "tcp", "turn"], said.in_use),
  };
}

function readPath(value: unknown): ReachReport["udp"] {
  const said = asRecord(value) ?? {};
  const state = oneOf(["reached", "blocked", "not_tried"], said.state) ?? "other";
  return { state, took_ms: asNumber(said.took_ms) };
}

function of(quality: LineQuality): Judged {
  const { level, cause, borderline } = quality;
  const isOurs = cause === "server";
  const judged = LEVELS.find((known) => known === level) ?? null;
  return { level: isOurs ? null : judged, cause, borderline, quality };
}

function ofRoundTrip(ms: number): Judged {
  const level = levelOfRoundTrip(ms);
  return { ...NOT_KNOWN, level, cause: level === "good" ? "none" : "delay" };
}

/** What was not judged yields to what was. */
function rank(quality: LineQuality | null): number {
  if (quality === null) return -2;
  return quality.cause === "server" ? -1 : (RANK[quality.level] ?? -1);
}

function readDirection(value: unknown): DirectionQuality {
  const said = asRecord(value) ?? {};
  return {
    packets: asNumber(said.packets) ?? 0,
    loss_ratio: asNumber(said.loss_ratio),
    loss_low: asNumber(said.loss_low),
    loss_high: asNumber(said.loss_high),
    jitter_ms: asNumber(said.jitter_ms),
    delay_variation_ms: asNumber(said.delay_variation_ms),
    capacity_bps: asNumber(said.capacity_bps),
    capacity_is_bound: said.capacity_is_bound === true,
  };
}

function oneOf<Known extends string>(known: readonly Known[], value: unknown): Known | null {
  return known.find((each) => each === value) ?? null;
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
}

function asNumber(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
