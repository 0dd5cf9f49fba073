/** How the patient's pages call the therapist. */
import { locale } from "../i18n/core";
import { calledName, plainName } from "../lib/titles";
import type { LinkPreview } from "../lib/types";

/** In a sentence of the page's language: with the article it asks for. */
export function callName(whom: Called | null | undefined): string {
  return calledName(whom?.therapist_name, locale.value, whom?.therapist_gender);
}

type Called = Pick<LinkPreview, "therapist_name" | "therapist_gender">;

/** Alone, as on a card or in the tab: as it was given. */
export function nameAlone(name: string | null | undefined): string {
  return plainName(name);
}
