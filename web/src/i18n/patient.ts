import { signal } from "@preact/signals";
import { fill, languageAmong, locale, type Messages, type Translate } from "./core";
import { loadPatientMessages, PATIENT_LANGUAGES } from "./languages";
import { en } from "./patient.en";

const loaded = signal<Readonly<Record<string, Messages>>>({ en });

/** Says a message of the patient's pages in the patient's language. */
export const t: Translate<typeof en> = (key, ...values) => {
  const message = loaded.value[locale.value]?.[key] ?? en[key];
  return fill(message, values[0] ?? {});
};

/** The language asked for last: words that come late do not take its place. */
let wanted = "";

/** Speak a language, once it is here: until then, and where it cannot be had, the one before. */
export async function speak(tag: string): Promise<void> {
  const language = languageAmong(PATIENT_LANGUAGES, [tag]);
  if (language === null) return;
  wanted = language;
  if (!loaded.value[language]) {
    const messages = await loadPatientMessages(language);
    if (messages === null) return;
    loaded.value = { ...loaded.value, [language]: messages };
  }
  if (wanted === language) locale.value = language;
}

/** The first of the browser's languages that these pages have; English when none. */
export function firstLanguage(tags: readonly string[]): string {
  return languageAmong(PATIENT_LANGUAGES, tags) ?? "en";
}

type Key = keyof typeof en;
/** A message without names to fill in. */
export type PlainKey = {
  [K in Key]: (typeof en)[K] extends string
    ? (typeof en)[K] extends `${string}{${string}}${string}`
      ? never
      : K
    : never;
}[Key];
