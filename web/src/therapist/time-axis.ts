/** A session on one axis of time, from what is kept of it. Pure. */
import type { LineChange, Role, Session } from "../lib/types";
import { leftAt } from "./other-side";

export interface Span {
  readonly kind: "waiting" | "contact";
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

export interface Axis {
  readonly from: number;
  readonly to: number;
  /** One after the other; between two there may be time in which nobody waited or was met. */
  readonly spans: readonly Span[];
  /** When the therapist entered; null where the axis does not reach that. */
  readonly entered: number | null;
  /** Round instants within it. */
  readonly ticks: readonly number[];
}

/** How one side's line was for a while, in contact. */
export interface Stretch {
  readonly state: LineChange["state"];
  readonly from: number;
  readonly to: number;
}

const MINUTE_MS = 60_000;
/** Between two ticks, in minutes. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480];
/** As many as find room on a phone. */
const MOST_TICKS = 5;

/** The axis of an ended session in which somebody was in the waiting room; null for another. */
export function axisOf(session: Session): Axis | null {
  const { came_at, contact_at, ended_at } = session;
  if (ended_at === null || came_at === null) return null;
  const end = Date.parse(ended_at);
  const from = Math.min(Date.parse(came_at), at(session.entered_at) ?? end);
  const left = at(leftAt(session));
  const gone = left !== null && left <= end ? left : end;
  const spans: Span[] = [];
  const add = (kind: Span["kind"], begin: number, until: number) => {
    if (until > begin) spans.push({ kind, from: begin, to: until });
  };
  if (contact_at === null) add("waiting", Date.parse(came_at), gone);
  else {
    let from = Date.parse(contact_at);
    add("waiting", Date.parse(came_at), from);
    for (const { since, until, sent_back } of session.pauses) {
      const [begin, back] = [Math.min(Date.parse(since), gone), Math.min(at(until) ?? gone, gone)];
      add("contact", from, begin);
      if (sent_back) add("waiting", begin, back);
      from = back;
    }
    add("contact", from, gone);
  }
  if (end <= from) return null;
  return { from, to: end, spans, entered: at(session.entered_at), ticks: ticks(from, end) };
}

/** How one side's line went: each state until the next one, or the end of that contact. */
export function courseOf(axis: Axis, changes: readonly LineChange[], role: Role): Stretch[] {
  const own = changes.filter((change) => change.role === role);
  const contact = axis.spans.filter(({ kind }) => kind === "contact");
  return own.flatMap(({ state, at }, index) => {
    const until = own[index + 1]?.at;
    const [from, next] = [Date.parse(at), until ? Date.parse(until) : axis.to];
    const span = contact.find((each) => from >= each.from && from < each.to);
    const to = span && Math.min(next, span.to);
    return to && to > from ? [{ state, from, to }] : [];
  });
}

/** How far along the axis an instant is, in percent. */
export function along({ from, to }: Axis, instant: number): number {
  return (100 * (instant - from)) / (to - from);
}

/** Round times of this desk's own clock. */
function ticks(from: number, to: number): number[] {
  const minutes = (to - from) / MINUTE_MS;
  const step = (STEPS.find((each) => minutes / each <= MOST_TICKS) ?? 1440) * MINUTE_MS;
  const offset = new Date(from).getTimezoneOffset() * MINUTE_MS;
  const first = Math.ceil((from - offset) / step) * step + offset;
  const found: number[] = [];
  for (let tick = first; tick <= to; tick += step) found.push(tick);
  return found;
}

function at(instant: string | null): number | null {
  return instant === null ? null : Date.parse(instant);
}
