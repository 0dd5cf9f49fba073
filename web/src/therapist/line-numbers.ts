/** The numbers of both lines as words, for the page and for the report. Pure but for the language. */
import { nearDay, numberText, timeOfDay, waitText } from "../i18n/format";
import { t } from "../i18n/therapist";
import { type Level, levelOfDirection } from "../lib/level";
import { endOf, judge } from "../lib/quality";
import type {
  DeviceReport,
  DeviceState,
  DirectionQuality,
  LineQuality,
  Look,
  MediaProof,
  OwnWord,
  Proof,
  Speaker,
} from "../lib/types";
import { megabits } from "./line-causes";
import { concealedText, freezesText, limitText, routeText, wayText } from "./line-ways";
import { lastSign } from "./line-words";
import { FRESH_MS } from "./other-side";

/** One side, as far as it was measured. */
export interface Measured {
  readonly name: string;
  readonly proof: Proof | null;
  readonly devices: (DeviceReport & Partial<OwnWord>) | null;
}

export interface Both {
  readonly contact: boolean;
  readonly own: Measured;
  readonly other: Measured;
  /** The server's time. */
  readonly now: number;
}

export interface DirectionRow {
  readonly title: string;
  readonly level: Level | null;
  readonly lost: string;
  /** Up to how much, with 95 % certainty; empty where nothing was measured. */
  readonly upTo: string;
  readonly varies: string;
  readonly carries: string;
}

/** Each direction of both lines, in the order in which sound travels. */
export function directionRows({ contact, own, other, now }: Both): readonly DirectionRow[] {
  const mine = qualityOf(own.proof, contact, now);
  const theirs = qualityOf(other.proof, contact, now);
  const { name } = other;
  return [
    directionRow(t("line.you_to_us"), mine?.up),
    directionRow(t("line.us_to_you"), mine?.down),
    directionRow(t("line.from_us", { to: name }), theirs?.down),
    directionRow(t("line.to_us", { from: name }), theirs?.up),
  ];
}

function directionRow(title: string, direction: DirectionQuality | undefined): DirectionRow {
  const { loss_ratio = null, loss_high = null } = direction ?? {};
  return {
    title,
    level: direction ? levelOfDirection(direction) : null,
    lost: loss_ratio === null ? t("line.none") : t("line.percent", { n: percent(loss_ratio) }),
    upTo: loss_high === null ? "" : t("line.up_to", { n: percent(loss_high) }),
    varies: millis(direction?.delay_variation_ms ?? null),
    carries: carriesText(direction),
  };
}

/** What is of a whole line: its name, one's own, the patient's. */
export function wholeRows({ contact, own, other, now }: Both): readonly [string, string, string][] {
  return wholeFigures(contact, now).map(([title, figure]) => [title, figure(own), figure(other)]);
}

type Figure = (side: Measured) => string;

/** A muted microphone sends silence: that it arrives is no news then. */
function wholeFigures(contact: boolean, now: number): readonly [title: string, figure: Figure][] {
  return [
    [t("line.round"), ({ proof }) => connectedOr(proof, (one) => roundText(one, contact, now))],
    [t("line.loaded_round"), ({ proof }) => millis(proof?.check?.quality.loaded_rtt_ms ?? null)],
    [t("line.jitter"), ({ proof }) => jitterText(qualityOf(proof, contact, now))],
    [t("line.when"), ({ proof }) => checkedText(proof, now)],
    [t("line.way"), ({ proof }) => connectedOr(proof, routeText)],
    [t("line.connecting_took"), ({ proof }) => millis(proof?.check?.connect_ms ?? null)],
    [t("line.handshake_took"), ({ proof }) => millis(proof?.check?.handshake_ms ?? null)],
    [t("line.by_udp"), ({ proof }) => wayText(proof?.check?.reach, "udp")],
    [t("line.by_tcp"), ({ proof }) => wayText(proof?.check?.reach, "tcp")],
    [t("line.by_turn"), ({ proof }) => wayText(proof?.check?.reach, "turn")],
    [
      t("line.sound"),
      ({ proof, devices }) =>
        connectedOr(proof, isOn(devices?.microphone) ? soundText : () => t("line.mic_none")),
    ],
    [
      t("line.picture"),
      ({ proof, devices }) =>
        connectedOr(proof, isOn(devices?.camera) ? pictureText : () => t("line.cam_none")) +
        lookText(devices?.look),
    ],
    [t("line.froze"), ({ proof }) => freezesText(proof?.page ?? null)],
    [t("line.concealed"), ({ proof }) => concealedText(proof?.page ?? null)],
    [t("line.limited"), ({ proof }) => limitText(proof?.page ?? null)],
    [t("line.speaker"), ({ devices }) => toneText(devices?.speaker)],
    [t("line.sign"), ({ proof }) => (proof ? lastSign(proof) : t("line.not"))],
  ];
}

/** What the page sees itself of its camera, marked as its word. */
function lookText(look: Look = "unknown"): string {
  return look === "unknown" ? "" : ` · ${t(`look.${look}`)} ${t("look.by_page")}`;
}

function toneText(speaker: Speaker = "untried"): string {
  if (speaker === "untried") return t("tone.untried");
  return `${t(`tone.${speaker}`)} ${t("tone.own_word")}`;
}

function percent(ratio: number): string {
  return numberText(ratio * 100, 1);
}

function millis(ms: number | null): string {
  return ms === null ? t("line.none") : t("line.ms", { ms: numberText(ms) });
}

function carriesText(direction: DirectionQuality | undefined): string {
  const n = megabits(direction);
  if (n === null) return t("line.none");
  return t(direction?.capacity_is_bound ? "line.at_least" : "line.rate", { n });
}

/**
 * What is shown of a line: what its level rests on, and where that has no capacity, what the check
 * found, since nothing fills the line on purpose while two talk.
 */
export function qualityOf(proof: Proof | null, contact: boolean, now: number): LineQuality | null {
  if (!proof?.connected) return null;
  const shown = judge(proof, contact, now).quality;
  const checked = proof.check?.quality;
  if (!shown || !checked) return shown ?? checked ?? null;
  return { ...shown, up: filled(shown.up, checked.up), down: filled(shown.down, checked.down) };
}

function filled(shown: DirectionQuality, checked: DirectionQuality): DirectionQuality {
  if (shown.capacity_bps !== null) return shown;
  const { capacity_bps, capacity_is_bound } = checked;
  return { ...shown, capacity_bps, capacity_is_bound };
}

function connectedOr(proof: Proof | null, said: (proof: Proof) => string): string {
  return proof?.connected ? said(proof) : t("line.not");
}

function roundText(proof: Proof, contact: boolean, now: number): string {
  const ms = qualityOf(proof, contact, now)?.rtt_ms ?? proof.rtt_ms;
  return ms === null ? t("line.unknown") : millis(ms);
}

/** Mean |D| of RFC 3550, each direction's. */
function jitterText(quality: LineQuality | null): string {
  const [up, down] = [quality?.up.jitter_ms ?? null, quality?.down.jitter_ms ?? null];
  if (up === null && down === null) return t("line.none");
  return t("line.up_down", { up: millis(up), down: millis(down) });
}

function checkedText(proof: Proof | null, now: number): string {
  if (!proof?.check) return t("line.never");
  if (proof.check.state === "running") return t("line.checking");
  const at = endOf(proof.check);
  return now - at < 12 * 3_600_000 ? timeOfDay(at) : nearDay(at, now);
}

/** Unless the page said otherwise. */
function isOn(state: DeviceState | undefined): boolean {
  return state === undefined || state === "on" || state === "unknown";
}

function soundText({ heard_age_ms }: MediaProof): string {
  if (heard_age_ms === null) return t("line.sound_none");
  if (heard_age_ms <= FRESH_MS) return t("line.sound_now");
  return t("line.sound_ago", { time: waitText(heard_age_ms / 1000) });
}

function pictureText({ seen_age_ms, frames_per_s }: MediaProof): string {
  if (seen_age_ms === null) return t("line.picture_none");
  if (seen_age_ms <= FRESH_MS) return t("line.frames", { n: numberText(frames_per_s) });
  return t("line.picture_ago", { time: waitText(seen_age_ms / 1000) });
}
