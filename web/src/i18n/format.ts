import { serverNow } from "../lib/server-time";
import { locale } from "./core";

/** Dates, times and lengths in the page's language. Instants are ISO 8601 strings or epoch ms. */
export type Instant = string | number | Date;

const DAY_MS = 86_400_000;

/** "Monday 23 November" */
export function longDay(at: Instant): string {
  return say(at, { weekday: "long", day: "numeric", month: "long" });
}

/** "Today, Monday 30 November", "Friday 27 November", "16 November 2025": the heading of a day. */
export function dayTitle(at: Instant, now: Instant = serverNow()): string {
  const days = calendarDaysBetween(at, now);
  if (days === 0 || days === 1) {
    const relative = new Intl.RelativeTimeFormat(locale.value, { numeric: "auto" });
    return capital(`${relative.format(-days, "day")}, ${longDay(at)}`);
  }
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return capital(sameYear ? longDay(at) : fullDate(at));
}

/** "16 November 2025" */
export function fullDate(at: Instant): string {
  return say(at, { day: "numeric", month: "long", year: "numeric" });
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase(locale.value) + text.slice(1);
}

/** "09:41" */
export function timeOfDay(at: Instant): string {
  return say(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** "today 15:30", "yesterday 17:00", "Friday 17:00", "Mon 16 Nov", "16 Nov 2025": nearer is shorter. */
export function nearDay(at: Instant, now: Instant = serverNow()): string {
  const days = calendarDaysBetween(at, now);
  if (days === 0 || days === 1) {
    const relative = new Intl.RelativeTimeFormat(locale.value, { numeric: "auto" });
    return `${relative.format(-days, "day")} ${timeOfDay(at)}`;
  }
  if (days > 1 && days < 7) return `${say(at, { weekday: "long" })} ${timeOfDay(at)}`;
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return say(at, {
    day: "numeric",
    month: "short",
    ...(sameYear ? { weekday: "short" } : { year: "numeric" }),
  });
}

/** "12:34", "1:02:03": a running or finished length, in seconds. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const tail = `${pad(minutes)}:${pad(rest)}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** The same length for a screen reader: "12 minutes 34 seconds". */
export function spokenLength(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    [Math.floor(whole / 3600), "hour"],
    [Math.floor(whole / 60) % 60, "minute"],
    [whole % 60, "second"],
  ] as const;
  const said = parts.filter(([n, unit]) => n > 0 || (unit === "second" && whole === 0));
  return said.map(([n, unit]) => unitText(n, unit, "long")).join(" ");
}

/** "3 min", "1 h 5 min"; from ten seconds to a minute in tens, so that it does not flicker. */
export function waitText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return unitText(coarse(whole), "second", "short");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return unitText(minutes, "minute", "short");
  const rest = minutes % 60;
  const hours = unitText(Math.floor(minutes / 60), "hour", "short");
  return rest > 0 ? `${hours} ${unitText(rest, "minute", "short")}` : hours;
}

/** "5 minutes ago", also across midnight, "3 hours ago", "yesterday", "12 days ago". */
export function agoText(at: Instant, now: Instant = serverNow()): string {
  const relative = new Intl.RelativeTimeFormat(locale.value, { numeric: "auto" });
  const minutes = Math.max(0, Math.floor((Number(new Date(now)) - Number(new Date(at))) / 60_000));
  if (minutes < 60) return relative.format(-minutes, "minute");
  const days = calendarDaysBetween(at, now);
  if (days > 0) return relative.format(-days, "day");
  return relative.format(-Math.floor(minutes / 60), "hour");
}

/** "32 sec", "5 min 57 sec": to the second, for what is over. */
export function exactText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  const said = minutes > 0 ? [unitText(minutes, "minute", "short")] : [];
  if (rest > 0 || minutes === 0) said.push(unitText(rest, "second", "short"));
  return said.join(" ");
}

function coarse(seconds: number): number {
  return seconds < 10 ? Math.max(1, seconds) : Math.floor(seconds / 10) * 10;
}

/** "1,250" in the page's language. */
export function numberText(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale.value, { maximumFractionDigits: digits }).format(value);
}

function unitText(n: number, unit: string, unitDisplay: "long" | "short"): string {
  return new Intl.NumberFormat(locale.value, { style: "unit", unit, unitDisplay }).format(n);
}

function say(at: Instant, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(localeTag(), options).format(new Date(at)).replaceAll(",", "");
}

/** British English: day before month, 24 hours, as on a European desk. */
function localeTag(): string {
  return locale.value === "en" ? "en-GB" : locale.value;
}

function calendarDaysBetween(earlier: Instant, later: Instant): number {
  return Math.round((midnight(later) - midnight(earlier)) / DAY_MS);
}

function midnight(at: Instant): number {
  const day = new Date(at);
  return Date.UTC(day.getFullYear(), day.getMonth(), day.getDate());
}

function pad(n: number): string {
  return String(n).padStart(2, "0");
}
