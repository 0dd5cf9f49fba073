/**
 * How each side's line is, as one sentence: from what the server measures of it today. Pure but
 * for the page's language.
 *
 * One cause at a time: whether somebody is there comes first, then what is missing, then what the
 * node says of the line. A silence is no fault, and what was not measured is not called good.
 */
import { waitText } from "../i18n/format";
import { t } from "../i18n/therapist";
import { BLOCKED_AFTER_MS, type CallState } from "../lib/call-state";
import { type Level, worstOf } from "../lib/level";
import { freshCheck, isRunning, type Judged, judge, markOf } from "../lib/quality";
import { firstName } from "../lib/titles";
import type { Cause, CheckReport, DeviceReport, OwnWord, Proof, Session } from "../lib/types";
import { type Help, helpFor, otherSaid, ownSaid, type Said, shortly } from "./line-causes";
import { isRoundabout, isStraightBlocked } from "./line-ways";
import { absence, isPaused, STOPPED_MS } from "./other-side";
import { isBlocked, waitedSeconds } from "./words";

/** From arrival to a connection, in seconds. */
const BLOCKED_AFTER_S = BLOCKED_AFTER_MS / 1000;
/** Capture, coding and what plays out in the browsers, beside the two lines, in milliseconds. */
const OWN_DELAY_MS = 70;
/** A shorter age flickers between "now" and one second. */
const SIGN_NOW_MS = 2_000;

export interface LineState {
  /** Null where nothing can be said of how good it is. */
  readonly level: Level | null;
  readonly text: string;
  /** What may help. */
  readonly hint: string | null;
  /** What the therapist can do about it. */
  readonly help: Help | null;
}

const unknown = (text: string): LineState => ({ level: null, text, hint: null, help: null });
const poor = (text: string): LineState => ({ level: "poor", text, hint: null, help: null });
/** Nothing passes: what helps is another way to talk. */
const blocked = (text: string): LineState => ({ ...poor(text), hint: t("line.hint_other") });

/** What a page says of its devices, with what it sees itself of its camera. */
type Devices = DeviceReport & Partial<OwnWord>;
type Missing = "mic" | "cam" | "black";

/** Whose picture the node holds back, so that the sound gets through. */
interface Paused {
  readonly own: boolean;
  readonly other: boolean;
}

type Connecting = Pick<CallState, "phase"> & Partial<Pick<CallState, "blocked">>;

/** Whether anything passes between a page and the server; `none` while nobody is there. */
export type Passage = "connected" | "connecting" | "blocked" | "none";

export function ownPassage(call: Connecting | null): Passage {
  if (call?.phase === "connected") return "connected";
  return call?.phase === "connecting" && call.blocked ? "blocked" : "connecting";
}

/** @param now The server's time. */
export function otherPassage(session: Session, now: number): Passage {
  if (absence(session)) return "none";
  if (session.patient_proof?.connected) return "connected";
  return isBlocked(session, now) ? "blocked" : "connecting";
}

/**
 * One's own line, as the node measures it.
 *
 * @param call Of one's own page; `ownPaused`: the node holds its picture back.
 * @param now The server's time.
 */
export function ownLine(
  session: Session,
  proof: Proof | null,
  devices: Devices | null,
  call: (Connecting & Partial<Pick<CallState, "ownPaused">>) | null,
  now: number,
): LineState {
  const { phase = null, ownPaused = false } = call ?? {};
  if (phase === "reconnecting") return poor(t("line.own_lost"));
  if (ownPassage(call) === "blocked") return blocked(t("line.own_blocked"));
  if (phase !== "connected" || !proof) return unknown(t("line.own_starting"));
  const paused = ownPaused && !session.sound_first && devices?.camera === "on";
  const missing = whatIsMissing(session, proof, devices, false, paused, now);
  if (missing) return poor(t(`line.own_${missing}`));
  const judged = judge(proof, session.gate_open, now);
  if (isUnmeasured(judged, proof, session, now)) return unknown(t("line.own_measuring"));
  const other = session.patient_proof;
  const otherIsGood = other !== null && judge(other, session.gate_open, now).level === "good";
  const said = ownSaid(judged, firstName(session.patient_name), otherIsGood);
  return state(judged, withPause(judged, said, paused && t("line.own_paused")), proof, null);
}

/**
 * The patient's line.
 *
 * @param ownRttMs Round trip of the therapist's own line, which what is said crosses as well.
 * @param now The server's time.
 * @param otherPaused The node holds the patient's picture back.
 */
export function otherLine(
  session: Session,
  ownRttMs: number | null,
  now: number,
  otherPaused = false,
): LineState {
  const name = firstName(session.patient_name);
  if (absence(session)) return unknown(t("line.absent", { name }));
  const proof = session.patient_proof;
  if (!proof?.connected) return withoutConnection(session, name, now);
  const isLongHere = session.gate_open || (waitedSeconds(session, now) ?? 0) >= BLOCKED_AFTER_S;
  const devices = session.patient_devices;
  const paused = isPaused(session, otherPaused);
  const missing = whatIsMissing(session, proof, devices, isLongHere, paused, now);
  const hidden = devices?.hidden && missing !== "black" ? missing : null;
  if (missing && !hidden) return poor(t(`line.${missing}`, { name }));
  const judged = judge(proof, session.gate_open, now);
  // A phone stops the devices of a page in the background: its line is as the node finds it.
  if (hidden)
    return { ...unknown(t(`line.${hidden}_hidden`, { name })), level: markOf(judged.level) };
  if (isUnmeasured(judged, proof, session, now)) return unknown(t("line.measuring", { name }));
  const said = otherSaid(judged, name, delayOf(judged, proof, ownRttMs));
  return state(judged, withPause(judged, said, paused && t("line.paused", { name })), proof, name);
}

/**
 * How small a picture would be is of no interest while none travels; where our own server is late
 * nothing is said of a line.
 */
function withPause({ cause }: Judged, said: Said, pause: string | false): Said {
  if (pause === false || cause === "server") return said;
  if (isOfPictures(cause)) return { text: pause, hint: null };
  return { ...said, text: `${said.text} ${pause}` };
}

function isOfPictures(cause: Cause): boolean {
  return cause === "capacity_up" || cause === "capacity_down";
}

export interface ShortLine {
  /** Whose it is; null for the patient's where it stands alone, and for our own server's fault. */
  readonly name: string | null;
  readonly level: Level | null;
  readonly text: string;
}

/**
 * What is known of the lines in two or three words each, for cards: the therapist's first.
 *
 * @param own The therapist's, as far as it is known.
 */
export function shortLines(session: Session, own: Proof | null, now: number): ShortLine[] {
  const judgeNow = (proof: Proof) => judge(proof, session.gate_open, now);
  const mine = own?.connected ? judgeNow(own) : null;
  const other = absence(session) ? null : session.patient_proof;
  const theirs = other?.connected ? judgeNow(other) : null;
  if ([mine, theirs].some((judged) => judged?.cause === "server"))
    return [{ name: null, level: null, text: t("line.short_ours") }];
  const ofMine = own && !own.connected ? { level: null, text: t("line.not") } : shortOf(mine);
  const isBlockedThere = otherPassage(session, now) === "blocked";
  const ofTheirs = isBlockedThere ? nothing() : shortOf(theirs);
  if (!ofMine) return ofTheirs ? [{ name: null, ...ofTheirs }] : [];
  const lines = [{ name: t("line.you"), ...ofMine }];
  if (ofTheirs) lines.push({ name: firstName(session.patient_name), ...ofTheirs });
  return lines.map((line) => ({ ...line, text: afterName(line) }));
}

function nothing(): Pick<ShortLine, "level" | "text"> {
  return { level: "poor", text: t("line.nothing") };
}

function shortOf(judged: Judged | null) {
  return judged && shortly(judged);
}

/** Beside a name the word alone will do for a line that is good. */
function afterName({ level, text }: Pick<ShortLine, "level" | "text">): string {
  return level === "good" ? t("level.good") : text;
}

/** "now", "20 sec ago": since when nothing at all came over a line. */
export function lastSign(proof: Proof | null): string {
  const age = proof?.packet_age_ms ?? null;
  if (age === null) return t("line.unknown");
  if (age < SIGN_NOW_MS) return t("line.sign_now");
  return t("line.sign_ago", { time: waitText(age / 1000) });
}

/** @param name Of the patient, whose line it is; null for one's own. */
function state(judged: Judged, said: Said, proof: Proof, name: string | null): LineState {
  const text = isRoundabout(proof) ? `${said.text} ${roundabout(proof, name)}` : said.text;
  const help = helpFor(judged, name === null ? "own" : "other");
  return { level: markOf(judged.level), text, hint: said.hint, help };
}

function roundabout(proof: Proof, name: string | null): string {
  if (!isStraightBlocked(proof)) return t("line.relay");
  return name === null ? t("line.own_relay_blocked") : t("line.relay_blocked", { name });
}

/** The check that counts: none in contact, where the last seconds say more. */
function check(session: Session, proof: Proof, now: number): CheckReport | null {
  return session.gate_open ? null : freshCheck(proof.check, now);
}

/** Not judged because it has only begun; later the same is told as too little to judge. */
function isUnmeasured(judged: Judged, proof: Proof, session: Session, now: number): boolean {
  if (judged.level !== null || judged.cause === "server") return false;
  return judged.quality === null || isRunning(check(session, proof, now), now);
}

function withoutConnection(session: Session, name: string, now: number): LineState {
  const age = session.patient_proof?.packet_age_ms ?? null;
  if (age !== null || session.gate_open) {
    const isLong = age !== null && age >= SIGN_NOW_MS;
    if (!isLong) return poor(t("line.lost_now", { name }));
    return poor(t("line.lost", { name, time: waitText(age / 1000) }));
  }
  return isBlocked(session, now)
    ? blocked(t("line.blocked", { name }))
    : unknown(t("line.starting", { name }));
}

/** What came before, or should have by now, and does not come although the device is on. */
function whatIsMissing(
  session: Session,
  proof: Proof,
  devices: Devices | null,
  isLongHere: boolean,
  paused: boolean,
  now: number,
): Missing | null {
  const stopped = (age: number | null) => (age === null ? isLongHere : age > STOPPED_MS);
  if (devices?.microphone === "on" && stopped(proof.heard_age_ms)) return "mic";
  const isStoppedByHand = session.sound_first && session.gate_open;
  if (devices?.camera !== "on" || isStoppedByHand || paused) return null;
  if (stopped(proof.seen_age_ms)) return "cam";
  const isBlack = devices.look === "black" || check(session, proof, now)?.camera === "black";
  return isBlack ? "black" : null;
}

/**
 * What there is to say of either line in contact: the worse of both, the patient's first; null
 * while both are good or not known. Our own server's fault goes before, and names nobody. That the
 * patient's picture alone is paused says the chip by the name.
 */
export function lineInContact(
  session: Session,
  own: Proof | null,
  paused: Paused = { own: false, other: false },
): LineState | null {
  const worst = worstInContact(session, own);
  const line = worst?.line ?? unknown("");
  const isOfNone = worst === null || isOfPictures(worst.cause);
  if (session.sound_first)
    return { ...line, text: isOfNone ? t("sound.now") : line.text, hint: null, help: null };
  const pause = t("line.own_paused");
  if (paused.own && worst?.cause !== "server")
    return { ...line, text: isOfNone ? pause : `${line.text} ${pause}`, hint: null };
  if (!worst) return null;
  if (!isOfNone || !isPaused(session, paused.other)) return line;
  return { ...line, text: t("line.paused", { name: firstName(session.patient_name) }), hint: null };
}

/** The line that is worst, with what its sentence is about; null where there is nothing to say. */
function worstInContact(
  session: Session,
  own: Proof | null,
): { line: LineState; cause: Cause } | null {
  const name = firstName(session.patient_name);
  const mine = own?.connected ? judge(own, true, 0) : null;
  const other = session.patient_proof;
  const theirs = other?.connected ? judge(other, true, 0) : null;
  if ([mine, theirs].some((judged) => judged?.cause === "server"))
    return { line: unknown(t("line.ours", { name })), cause: "server" };
  const [ofMine, ofTheirs] = [markOf(mine?.level ?? null), markOf(theirs?.level ?? null)];
  const worst = worstOf([ofMine, ofTheirs]);
  if (worst === null || worst === "good") return null;
  if (other && theirs && ofTheirs === worst) {
    const said = otherSaid(theirs, name, delayOf(theirs, other, own?.rtt_ms ?? null));
    return { line: state(theirs, said, other, name), cause: theirs.cause };
  }
  if (!own || !mine) return null;
  const said = ownSaid(mine, name, ofTheirs === "good");
  return { line: state(mine, said, own, null), cause: mine.cause };
}

/** How late the patient hears the therapist: measured over both lines, else reckoned from them. */
function delayOf({ quality }: Judged, { rtt_ms }: Proof, ownRttMs: number | null): number {
  const own = (quality?.rtt_ms ?? rtt_ms ?? 0) / 2;
  return quality?.delay_ms ?? own + (ownRttMs ?? 0) / 2 + OWN_DELAY_MS;
}
