import { computed, signal } from "@preact/signals";

/** The languages of the therapist's pages; languages.ts has the patient's. */
export const LOCALES = ["en", "it"] as const;
export type Locale = (typeof LOCALES)[number];

/** A message that depends on the number `{n}`; forms as `Intl.PluralRules` names them. */
export interface Plural {
  readonly one: string;
  readonly other: string;
}
export type Message = string | Plural;
export type Messages = Readonly<Record<string, Message>>;

/** What another language must offer to be complete beside English: every key, in the same form. */
export type Translation<English extends Messages> = {
  readonly [Key in keyof English]: English[Key] extends string ? string : Plural;
};

type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;
type NamesOf<M extends Message> = M extends string
  ? Names<M>
  : M extends Plural
    ? Names<M["other"]> | "n"
    : never;
type Values<M extends Message> = { readonly [Name in NamesOf<M>]: string | number };
/** No second argument where the message has no names, exactly its names where it has some. */
export type Arguments<M extends Message> = [NamesOf<M>] extends [never] ? [] : [values: Values<M>];

export type Translate<English extends Messages> = <Key extends keyof English & string>(
  key: Key,
  ...values: Arguments<English[Key]>
) => string;

/** The page's language. Reading it (and so every `t`) in a component subscribes to it. */
export const locale = signal<string>(preferredLocale(globalThis.navigator?.languages ?? []));

/** The first of the browser's languages that we have; English when none. */
export function preferredLocale(languages: readonly string[]): Locale {
  return languageAmong(LOCALES, languages) ?? "en";
}

/** Read a language tag ("it-CH") as one of ours, or null. */
export function asLocale(tag: string | null | undefined): Locale | null {
  return tag ? languageAmong(LOCALES, [tag]) : null;
}

/** The first of some language tags whose language is known, whatever its region; null when none. */
export function languageAmong<Known extends string>(
  known: readonly Known[],
  tags: readonly string[],
): Known | null {
  for (const tag of tags) {
    const base = tag.toLowerCase().split("-")[0];
    const found = known.find((each) => each === base);
    if (found) return found;
  }
  return null;
}

const plurals = computed(() => new Intl.PluralRules(locale.value));

/** Bind catalogues to a function that says a message in the page's language. */
export function translator<const English extends Messages>(catalogues: {
  readonly en: English;
  readonly it: Translation<English>;
}): Translate<English> {
  return (key, ...values) => {
    const spoken: Messages = locale.value === "it" ? catalogues.it : catalogues.en;
    return fill(spoken[key] ?? key, values[0] ?? {});
  };
}

/** Say a message with its names filled in, in the form that the page's language asks for. */
export function fill(message: Message, values: Readonly<Record<string, string | number>>): string {
  const text = typeof message === "string" ? message : pluralForm(message, Number(values["n"]));
  return text.replace(/\{(\w+)\}/g, (whole, name: string, at: number) => {
    const value = String(values[name] ?? whole);
    return name === "therapist" && startsSentence(text, at) ? capital(value) : value;
  });
}

/** A name with its article ("la Dott.ssa Rossi") begins a sentence with a capital. */
function startsSentence(text: string, at: number): boolean {
  return at === 0 || /[.?:]\s+$/.test(text.slice(0, at));
}

function capital(text: string): string {
  const [first = ""] = text;
  return first.toUpperCase() + text.slice(first.length);
}

function pluralForm(message: Plural, n: number): string {
  return plurals.value.select(n) === "one" ? message.one : message.other;
}
