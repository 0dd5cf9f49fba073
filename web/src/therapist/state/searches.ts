import { effect, type Signal, signal } from "@preact/signals";
import { me } from "./account";

/**
 * What is typed into the search of each list: there again after Back and after a reload, never in
 * an address, since it is likely a name, and gone with the login.
 */
export type SearchOf = "patients" | "sessions";

const KEY = "visavis-search-";
const searches: Readonly<Record<SearchOf, Signal<string>>> = {
  patients: signal(""),
  sessions: signal(""),
};

export function searchText(of: SearchOf): string {
  return searches[of].value;
}

export function keepSearch(of: SearchOf, text: string): void {
  searches[of].value = text;
  store((storage) => storage.setItem(KEY + of, text));
}

/** Take up what was typed before a reload, and forget it when nobody is logged in. Call once. */
export function rememberSearches(): () => void {
  for (const of of ["patients", "sessions"] as const)
    store((storage) => {
      searches[of].value = storage.getItem(KEY + of) ?? "";
    });
  return effect(() => {
    if (me.value === null) forgetSearches();
  });
}

function forgetSearches(): void {
  for (const of of ["patients", "sessions"] as const) {
    searches[of].value = "";
    store((storage) => storage.removeItem(KEY + of));
  }
}

function store(use: (storage: Storage) => void): void {
  try {
    use(sessionStorage);
  } catch {
    // Storage is forbidden in this browser: what was typed lasts until a reload.
  }
}
