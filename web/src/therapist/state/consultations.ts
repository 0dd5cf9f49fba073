import { signal } from "@preact/signals";
import { endedSessions, isWaiting, openSessions } from "./sessions";

const changes = signal(0);

/** This page has changed a first consultation: lists load anew. */
export function consultationsChanged(): void {
  changes.value += 1;
}

/** Differs whenever a list of first consultations may: by this page, or by what control pushed. */
export function consultationsKey(): string {
  const guests = (openSessions.value ?? []).filter(({ is_guest }) => is_guest);
  const here = guests.map((one) => `${one.id} ${one.state} ${isWaiting(one)} ${one.patient_name}`);
  return [changes.value, endedSessions.value.length, ...here.sort()].join("|");
}
