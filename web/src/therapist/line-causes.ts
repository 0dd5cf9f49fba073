/**
 * What a judged line means: one sentence for its cause, and what to do beside it where there is
 * something. Pure but for the page's language.
 */
import { numberText } from "../i18n/format";
import { t } from "../i18n/therapist";
import { type Level, worstOf } from "../lib/level";
import { type Judged, markOf } from "../lib/quality";
import type { DirectionQuality } from "../lib/types";

const HALF_SECOND_FROM_MS = 350;
const A_SECOND_FROM_MS = 750;
const MORE_FROM_MS = 1_500;

export interface Said {
  readonly text: string;
  /** What may help; null where there is nothing to do, or the sentence says it. */
  readonly hint: string | null;
}

/** What the therapist can do beside the sentence: by a button. */
export type Help = "hint" | "sound_first";

/** Only the patient can help what comes from the patient; fewer bytes help the rest. */
export function helpFor({ level, cause }: Judged, side: "own" | "other"): Help | null {
  if (level === null || level === "good") return null;
  switch (cause) {
    case "loss_up":
    case "jitter_up":
    case "capacity_up":
    case "bufferbloat":
      return side === "other" ? "hint" : "sound_first";
    case "loss_down":
    case "jitter_down":
    case "capacity_down":
      return "sound_first";
    default:
      return null;
  }
}

/** The patient's line, to the therapist. `delayMs`: how late the patient hears the therapist. */
export function otherSaid(judged: Judged, name: string, delayMs: number | null): Said {
  const { level, cause, borderline, quality } = judged;
  if (cause === "server") return alone(t("line.ours", { name }));
  if (level === null) return alone(t("line.unjudged", { name }));
  if (level === "no_call") return { text: t("line.no_call", { name }), hint: t("line.hint_other") };
  if (level === "good") return alone(t(borderline ? "line.border" : "line.ok", { name }));
  const router = t("line.hint_router", { name });
  const sound = t("line.hint_sound");
  const voice = level === "poor" ? t("line.hint_voice") : null;
  switch (cause) {
    case "delay":
      return alone(t(lateKey("line", delayMs ?? 0), { name }));
    case "loss_up":
      return { text: t("line.loss_up", { name }), hint: router };
    case "loss_down":
      return { text: t("line.loss_down", { name }), hint: sound };
    case "jitter_up":
      return { text: t("line.jitter_up", { name }), hint: router };
    case "jitter_down":
      return { text: t("line.jitter_down", { name }), hint: sound };
    case "capacity_up":
      return carries(quality?.up, (n) => t("line.capacity_up", { name, n }), voice, level, name);
    case "capacity_down":
      return carries(
        quality?.down,
        (n) => t("line.capacity_down", { name, n }),
        voice,
        level,
        name,
      );
    case "bufferbloat":
      return { text: t("line.bloat", { name }), hint: t("line.hint_stop") };
    default:
      return alone(t(`line.${level}`, { name }));
  }
}

/**
 * The therapist's own line.
 *
 * @param otherIsGood The patient's line is: then it is said that it is not the cause.
 */
export function ownSaid(judged: Judged, name: string, otherIsGood: boolean): Said {
  const { level, cause, borderline, quality } = judged;
  if (cause === "server") return alone(t("line.own_ours"));
  if (level === null) return alone(t("line.own_unjudged"));
  if (level === "no_call") return { text: t("line.own_no_call"), hint: t("line.hint_other") };
  if (level === "good") return alone(t(borderline ? "line.own_border" : "line.own_ok"));
  const loss = otherIsGood ? t("line.own_loss_alone", { name }) : t("line.own_loss");
  const generic = t(`line.own_${level}`);
  switch (cause) {
    case "delay":
      return alone(ownDelay(quality?.delay_ms ?? null, level, name));
    case "loss_up":
      return { text: loss, hint: t("line.own_hint_up") };
    case "loss_down":
      return { text: loss, hint: t("line.own_hint_down") };
    case "jitter_up":
      return { text: t("line.own_jitter"), hint: t("line.own_hint_up") };
    case "jitter_down":
      return { text: t("line.own_jitter"), hint: t("line.own_hint_down") };
    case "capacity_up": {
      const n = megabits(quality?.up);
      return alone(n === null ? generic : t("line.own_capacity_up", { n }));
    }
    case "capacity_down": {
      const n = megabits(quality?.down);
      return alone(n === null ? generic : t("line.own_capacity_down", { n }));
    }
    case "bufferbloat":
      return { text: t("line.own_bloat"), hint: t("line.own_hint_stop") };
    default:
      return alone(generic);
  }
}

/** The patient's line in two or three words, for cards; null where there is nothing to say. */
export function shortly({ level, cause }: Judged): { level: Level | null; text: string } | null {
  if (cause === "server") return { level: null, text: t("line.short_ours") };
  if (level === null) return null;
  const mark = worstOf([markOf(level)]);
  if (level === "no_call") return { level: mark, text: t("line.short_no_call") };
  if (level === "good") return { level: mark, text: t("line.short_good") };
  switch (cause) {
    case "delay":
      return { level: mark, text: t("line.short_delay") };
    case "loss_up":
    case "jitter_up":
      return { level: mark, text: t("line.short_up") };
    case "loss_down":
    case "jitter_down":
      return { level: mark, text: t("line.short_down") };
    case "capacity_up":
    case "capacity_down":
      return { level: mark, text: t(`line.short_${cause}`) };
    default:
      return { level: mark, text: t(`line.short_${level}`) };
  }
}

/** "0.6": what one direction carries, in Mbit/s; null where it was not measured. */
export function megabits(direction: DirectionQuality | undefined): string | null {
  const bps = direction?.capacity_bps ?? null;
  return bps === null ? null : numberText(bps / 1e6, bps < 100_000 ? 2 : 1);
}

function carries(
  direction: DirectionQuality | undefined,
  say: (n: string) => string,
  hint: string | null,
  level: "fair" | "poor",
  name: string,
): Said {
  const n = megabits(direction);
  return { text: n === null ? t(`line.${level}`, { name }) : say(n), hint };
}

function ownDelay(delayMs: number | null, level: Level, name: string): string {
  if (delayMs === null) return t(level === "poor" ? "line.own_slower" : "line.own_slow");
  return t(lateKey("line.own", delayMs), { name });
}

function lateKey<Start extends "line" | "line.own">(start: Start, delayMs: number) {
  const late = start === "line" ? "line.late" : "line.own_late";
  if (delayMs >= MORE_FROM_MS) return `${late}_more` as const;
  if (delayMs >= A_SECOND_FROM_MS) return `${late}_second` as const;
  return delayMs >= HALF_SECOND_FROM_MS ? (`${late}_half` as const) : late;
}

const alone = (text: string): Said => ({ text, hint: null });
