/** The patient's own line to keep, or to send to whoever looks after the network. Pure. */
import { version } from "../../package.json";
import { fullDate, numberText, timeOfDay } from "../i18n/format";
import { type PlainKey, t } from "../i18n/patient";
import type { CallState } from "../lib/call";
import { endOf, judge } from "../lib/quality";
import type { CheckReport, DirectionQuality, Look, OwnWord, Speaker } from "../lib/types";
import type { Line } from "./words";

type Call = Pick<CallState, "rttMs" | "quality" | "check">;

/** @param now The server's time. */
export function reportText(call: Call, line: Line, word: OwnWord, now: number): string {
  const quality = shown(call, now);
  const mark = line.level ? `${t(`level_${line.level}`)}: ` : "";
  const hint = line.hint ? ` ${t(line.hint)}` : "";
  const relay = line.relay ? ` ${t(line.relay)}` : "";
  const lines = [
    t("report_title"),
    `${fullDate(now)} ${timeOfDay(now)} · Visavis ${version}`,
    "",
    `${mark}${t(line.key)}${relay}${hint}`,
    "",
    `${t("report_up")}: ${directionText(quality?.up)}`,
    `${t("report_down")}: ${directionText(quality?.down)}`,
    `${t("report_round")}: ${millis(quality?.rtt_ms ?? call.rttMs)}`,
    ...(call.check ? [checkText(call.check)] : []),
    "",
    `${t("microphone")}: ${verdictText(call.check?.microphone)}`,
    `${t("camera")}: ${cameraText(call.check, word.look)}`,
    `${t("speaker")}: ${toneText(word.speaker)}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** Of a microphone, or of one way to the server. */
const VERDICTS: Readonly<Record<string, PlainKey>> = {
  works: "report_camera_works",
  quiet: "report_quiet",
  missing: "hear_nothing",
  reached: "report_camera_works",
  blocked: "report_blocked",
  not_tried: "report_tone_untried",
};

function verdictText(verdict = ""): string {
  return t(VERDICTS[verdict] ?? "report_none");
}

/** When it was checked, and how long each way and each step of connecting took. */
function checkText(check: CheckReport): string {
  const ways = (["udp", "tcp", "turn"] as const).map((name) => {
    const way = check.reach?.[name];
    const took = way?.took_ms == null ? verdictText(way?.state) : millis(way.took_ms);
    return `${name.toUpperCase()} ${took} · `;
  });
  const steps = `ICE ${millis(check.connect_ms)} · DTLS ${millis(check.handshake_ms)}`;
  return `${t("report_check")} ${timeOfDay(endOf(check))}: ${ways.join("")}${steps}`;
}

/** Every number as the media server said it. */
export function reportJson(call: Call, line: Line, word: OwnWord, now: number): string {
  const { level, cause } = judge({ ...call, rtt_ms: call.rttMs }, false, now);
  const { quality, check, rttMs } = call;
  const report = {
    format: "visavis-line-report-1",
    version,
    made_at: new Date(now).toISOString(),
    said: t(line.key),
    level: level ?? "unknown",
    cause,
    measured: { rtt_ms: rttMs, quality, check },
    said_by_page: { camera: word.look },
    said_by_person: { speaker: word.speaker },
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** What the level rests on, with what a check found of the capacity. */
function shown(call: Call, now: number) {
  const { quality } = judge({ ...call, rtt_ms: call.rttMs }, false, now);
  return quality?.up.capacity_bps != null ? quality : (call.check?.quality ?? quality);
}

function toneText(speaker: Speaker): string {
  const said = t(`report_tone_${speaker}`);
  return speaker === "untried" ? said : `${said} ${t("report_own_word")}`;
}

/** By what arrives at the server, and by what the page sees itself, each named. */
function cameraText(check: CheckReport | null, look: Look): string {
  const verdict = check?.camera ?? "unknown";
  const known = verdict === "works" || verdict === "black" || verdict === "frozen";
  const measured = known ? t(`report_camera_${verdict}`) : t("report_none");
  if (look === "unknown") return measured;
  return `${measured} · ${t(`report_camera_${look}`)} ${t("report_by_page")}`;
}

function directionText(direction: DirectionQuality | undefined): string {
  const {
    loss_ratio = null,
    loss_low,
    loss_high,
    delay_variation_ms = null,
    capacity_bps = null,
  } = direction ?? {};
  const lost = loss_ratio === null ? t("report_none") : `${percent(loss_ratio)} %`;
  const within = loss_high == null ? "" : ` (${percent(loss_low ?? 0)}–${percent(loss_high)} %)`;
  const rate =
    capacity_bps === null ? t("report_none") : `${numberText(capacity_bps / 1e6, 1)} Mbit/s`;
  const carries = direction?.capacity_is_bound ? `≥ ${rate}` : rate;
  return `${t("report_lost")} ${lost}${within} · ${t("report_varies")} ${millis(delay_variation_ms)} · ${t("report_carries")} ${carries}`;
}

function percent(ratio: number): string {
  return numberText(ratio * 100, 1);
}

function millis(ms: number | null): string {
  return ms === null ? t("report_none") : `${numberText(ms)} ms`;
}
