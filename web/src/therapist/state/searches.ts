/**
 * What is typed into the search of each list: there again after Back and after a reload, never in
 * an address, since it is likely a name, and gone with the therapist who typed it.
 */
import { effect, type Signal, signal } from "@preact/signals";
import { storageOf } from "../../lib/storage";
import { me } from "./account";

export type SearchOf = "patients" | "sessions";

const OWNER = "visavis-search-owner";
const LISTS = ["patients", "sessions"] as const;
const searches: Readonly<Record<SearchOf, Signal<string>>> = {
  patients: signal(""),
  sessions: signal(""),
};
let storage = storageOf(() => sessionStorage);

export function searchText(of: SearchOf): string {
  return searches[of].value;
}

export function keepSearch(of: SearchOf, text: string): void {
  searches[of].value = text;
  storage.setItem(key(of), text);
}

/**
 * Take up what was typed before a reload, and forget it when the login is another's or nobody's.
 * Call once; returns the way to stop.
 */
export function rememberSearches(kept = storageOf(() => sessionStorage)): () => void {
  storage = kept;
  for (const of of LISTS) searches[of].value = storage.getItem(key(of)) ?? "";
  return effect(() => {
    const who = me.value;
    if (who === undefined) return;
    if (who?.id !== storage.getItem(OWNER)) forgetSearches();
    if (who) storage.setItem(OWNER, who.id);
  });
}

function forgetSearches(): void {
  for (const of of LISTS) {
    searches[of].value = "";
    storage.removeItem(key(of));
  }
  storage.removeItem(OWNER);
}

const key = (of: SearchOf) => `visavis-search-${of}`;
