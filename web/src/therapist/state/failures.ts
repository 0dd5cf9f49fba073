import { effect } from "@preact/signals";
import { api } from "../api";
import { asMe } from "./account";
import { failures, takeFailures } from "./messages";
import { recoveries } from "./recovery";

/** Ask what did not arrive, now and whenever the connection came back; returns the way to stop. */
export function followFailures(): () => void {
  return effect(() => {
    recoveries.value;
    // Where this fails, the next push or recovery makes up for it.
    asMe(api.failedMessages()).then(takeFailures, () => undefined);
  });
}

/** Take one off every page. */
export async function dismissFailure(id: string): Promise<void> {
  await asMe(api.removeMessage(id));
  failures.value = failures.peek().filter((one) => one.id !== id);
}
