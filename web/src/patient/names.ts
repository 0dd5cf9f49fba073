/** How the patient's pages call the therapist. */
import { locale } from "../i18n/core";
import { calledName, plainName } from "../lib/titles";

/** In a sentence of the page's language: with the article it asks for. */
export function callName(name: string | null | undefined): string {
  return calledName(name, locale.value);
}

/** Alone, as on a card or in the tab: as it was given. */
export function nameAlone(name: string | null | undefined): string {
  return plainName(name);
}
