import { effect, signal } from "@preact/signals";
import { expired } from "./account";
import { online } from "./sessions";

/** Counts how often what every request needs came back: the connection, or the login. */
export const recoveries = signal(0);

/** Keep `recoveries`. Call once; returns the way to stop. */
export function watchRecoveries(): () => void {
  let before = true;
  return effect(() => {
    const well = online.value && !expired.value;
    if (well && !before) recoveries.value = recoveries.peek() + 1;
    before = well;
  });
}
