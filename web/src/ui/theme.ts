import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
const KEY = "visavis.theme";

/** Light or dark; `system` follows the device. Kept in this browser, as it is about this screen. */
export const theme = signal<Theme>(read());

/** Keep `<html data-theme>` and the browser's memory in step with `theme`. Call once. */
export function applyTheme(): void {
  effect(() => {
    const chosen = theme.value;
    const root = document.documentElement;
    if (chosen === "system") delete root.dataset["theme"];
    else root.dataset["theme"] = chosen;
    write(chosen);
  });
}

function read(): Theme {
  try {
    const kept = globalThis.localStorage?.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system"; // a browser that forbids storage
  }
}

function write(chosen: Theme): void {
  try {
    if (chosen === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, chosen);
  } catch {
    // Storage is forbidden here: the choice holds until the page is closed.
  }
}
