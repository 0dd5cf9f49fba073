import { effect, signal } from "@preact/signals";
import { storageOf } from "../lib/storage";

export type Theme = "system" | "light" | "dark";
const KEY = "visavis.theme";
const storage = storageOf(() => localStorage);

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
  const kept = storage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

function write(chosen: Theme): void {
  if (chosen === "system") storage.removeItem(KEY);
  else storage.setItem(KEY, chosen);
}
