import { signal } from "@preact/signals";
import type { components } from "../../lib/api-types";
import type { Session } from "../../lib/types";

type Schemas = components["schemas"];
export type Message = Schemas["Message"];

/** What control pushed of the messages to patients, by patient, since this page opened. */
const pushed = signal<ReadonlyMap<string, readonly Message[]>>(new Map());

/** Messages to patients that did not arrive, newest first, as control last said. */
export const failures = signal<readonly Schemas["FailedMessage"][]>([]);

export function takeFailures({ items }: Schemas["FailedMessages"]): void {
  failures.value = items;
}

export function takeMessages({ patient_id, items }: Schemas["MessagesMessage"]): void {
  pushed.value = new Map(pushed.value).set(patient_id, items);
}

/** The last messages to a patient: as pushed, else as loaded. */
export function messagesTo(
  patientId: string,
  loaded: readonly Message[] | undefined,
): readonly Message[] {
  return pushed.value.get(patientId) ?? loaded ?? [];
}

/** A link is sent so long before its session is opened, at most. */
const BEFORE_MS = 86_400_000;

/** Those that went out for a session, the earliest first. */
export function sentFor(
  { opened_at, ended_at }: Pick<Session, "opened_at" | "ended_at">,
  items: readonly Message[],
): readonly Message[] {
  const from = Date.parse(opened_at) - BEFORE_MS;
  const to = ended_at === null ? Number.POSITIVE_INFINITY : Date.parse(ended_at);
  const within = items.filter(({ created_at }) => {
    const at = Date.parse(created_at);
    return at >= from && at <= to;
  });
  return within.reverse();
}

export function forgetMessages(): void {
  pushed.value = new Map();
  failures.value = [];
}
