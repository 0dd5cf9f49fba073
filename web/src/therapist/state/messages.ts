import { signal } from "@preact/signals";
import type { components } from "../../lib/api-types";

type Schemas = components["schemas"];
export type Message = Schemas["Message"];

/** What control pushed of the messages to patients, by patient, since this page opened. */
const pushed = signal<ReadonlyMap<string, readonly Message[]>>(new Map());

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

export function forgetMessages(): void {
  pushed.value = new Map();
}
