/**
 * The report of both lines to keep or to send to whoever looks after a network: as text in the
 * page's language, and as JSON with every number. Nothing personal but the first name. Pure but for
 * the language.
 */
import { version } from "../../package.json";
import { fullDate, timeOfDay } from "../i18n/format";
import { t } from "../i18n/therapist";
import { judge } from "../lib/quality";
import { type Both, directionRows, type Measured, wholeRows } from "./line-numbers";
import type { LineState } from "./line-words";

export interface Said {
  readonly own: LineState;
  readonly other: LineState;
}

/** One thing a line, so that it can be read out or pasted into a message. */
export function reportText(both: Both, said: Said): string {
  const { own, other, now } = both;
  const lines = [
    t("line.report_title"),
    `${fullDate(now)} ${timeOfDay(now)} · Visavis ${version}`,
    "",
    sentence(own, said.own),
    sentence(other, said.other),
    "",
    ...directionRows(both).map(
      ({ title, lost, upTo, varies, carries }) =>
        `${title}: ${t("line.lost_share")} ${lost}${upTo && ` (${upTo})`} · ` +
        `${t("line.varies")} ${varies} · ${t("line.carries")} ${carries}`,
    ),
    "",
    own.name,
    ...wholeRows(both).map(([title, mine]) => `${title}: ${mine}`),
    "",
    other.name,
    ...wholeRows(both).map(([title, , theirs]) => `${title}: ${theirs}`),
    "",
    t("line.measured"),
  ];
  return `${lines.join("\n")}\n`;
}

/** Every number as the media server said it. */
export function reportJson(both: Both, said: Said): string {
  const { contact, own, other, now } = both;
  const report = {
    format: "visavis-line-report-1",
    version,
    made_at: new Date(now).toISOString(),
    in_contact: contact,
    therapist: side(own, said.own, both),
    patient: { name: other.name, ...side(other, said.other, both) },
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function sentence({ name }: Measured, { level, text, hint }: LineState): string {
  const mark = level ? ` (${t(`level.${level}`)})` : "";
  return `${name}${mark}: ${text}${hint ? ` ${hint}` : ""}`;
}

function side({ proof, devices }: Measured, { text }: LineState, { contact, now }: Both) {
  const word = {
    said_by_page: { camera: devices?.look ?? "unknown" },
    said_by_person: { speaker: devices?.speaker ?? "untried" },
  };
  if (!proof) return { said: text, measured: null, ...word };
  const { level, cause } = judge(proof, contact, now);
  const { connected, rtt_ms, transit, packet_age_ms, quality, check, page } = proof;
  const measured = { connected, rtt_ms, transit, packet_age_ms, quality, check };
  return { said: text, level: level ?? "unknown", cause, measured, said_by_browser: page, ...word };
}
