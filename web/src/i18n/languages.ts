/**
 * The languages of the patient's pages. Adding one is adding its file, `patient.xx.ts`: it is found
 * here, offered in the form of a patient and on the welcome page, and loaded only by who reads it.
 * (words.test.ts says what the file lacks; tests/control/test_words.py, that control knows it.)
 */
import type { Messages } from "./core";

type Catalogue = Readonly<Record<string, Messages>>;

/** English is in the page itself; each other language is a chunk of its own. */
const FILES = import.meta.glob<Catalogue>(["./patient.??.ts", "!./patient.en.ts"]);
const codeOf = (path: string) => path.slice(-5, -3);

export const PATIENT_LANGUAGES: readonly string[] = [
  "en",
  ...Object.keys(FILES).map(codeOf),
].sort();

/** Words that take longer are not waited for: the page speaks another language until then. */
const LOAD_WITHIN_MS = 4_000;

/** Load a language's messages; null where there is no such language, or the network fails. */
export async function loadPatientMessages(language: string): Promise<Messages | null> {
  const load = FILES[`./patient.${language}.ts`];
  const late = new Promise<Catalogue>((resolve) => setTimeout(resolve, LOAD_WITHIN_MS, {}));
  const found = await Promise.race([load?.() ?? {}, late]).catch(() => ({}));
  return Object.values(found)[0] ?? null;
}

/** The name of a language, as the reader's language writes it, or as it calls itself. */
export function languageName(language: string, readers: string = language): string {
  const names = new Intl.DisplayNames([readers], { type: "language" });
  return names.of(language) ?? language;
}

/** The same at the beginning of a line: "Français". */
export function languageLabel(language: string, readers: string = language): string {
  const [first = "", ...rest] = languageName(language, readers);
  return first.toLocaleUpperCase(readers) + rest.join("");
}

/** The languages in which the guides are written; the others read the English ones. */
const GUIDE_LANGUAGES = ["it"];

/** Where Help is, built from docs/guide-*.md. */
export function helpAddress(guide: "patient" | "therapist", language: string): string {
  return `/help/${guide}${GUIDE_LANGUAGES.includes(language) ? `.${language}` : ""}.html`;
}
