/**
 * Titles before a name, and the article a language puts before them. Pure.
 *
 * control/calling.py does the same for messages; called.json binds the two.
 */

/** What a title tells: of whom it is said, and in which languages it takes an article. */
type Title = { readonly gender: Gender | null; readonly articles: readonly string[] };
export type Gender = "f" | "m";

const LEARNED = ["it", "fr", "es"];
const title = (gender: Title["gender"], articles: readonly string[] = LEARNED): Title => ({
  gender,
  articles,
});

/** By the title in lower case without dots and hyphens. */
const TITLES: Readonly<Record<string, Title>> = {
  dr: title(null),
  doctor: title(null),
  prof: title(null),
  professor: title(null),
  pr: title(null, ["fr"]),
  dott: title("m"),
  dottor: title("m"),
  dottore: title("m"),
  dottssa: title("f"),
  drssa: title("f"),
  dottoressa: title("f"),
  profssa: title("f"),
  professoressa: title("f"),
  dra: title("f"),
  doctora: title("f"),
  profa: title("f"),
  dre: title("f"),
  pre: title("f", ["fr"]),
  sig: title("m", ["it"]),
  signor: title("m", ["it"]),
  sigra: title("f", ["it"]),
  signora: title("f", ["it"]),
  sr: title("m", ["es"]),
  sra: title("f", ["es"]),
  avv: title(null),
  ing: title(null),
  mr: title("m", []),
  mrs: title("f", []),
  ms: title("f", []),
  m: title("m", []),
  mme: title("f", []),
  mlle: title("f", []),
  herr: title("m", []),
  frau: title("f", []),
  diplpsych: title(null, []),
  med: title(null, []),
  phil: title(null, []),
};
/** So short that they are titles with their dot alone: somebody may be called so. */
const DOTTED = new Set(["m", "pr", "pre", "med", "phil", "ing", "avv"]);

/** Titles whose ending agrees; none is translated, as control/calling.py says. */
const OF_A_WOMAN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  it: { dr: "Dr.ssa", prof: "Prof.ssa" },
  es: { dr: "Dra.", prof: "Profa." },
};

function titleOf(word: string | undefined): Title | null {
  if (word === undefined) return null;
  const plain = bare(word);
  if (DOTTED.has(plain) && !word.endsWith(".")) return null;
  return Object.hasOwn(TITLES, plain) ? (TITLES[plain] ?? null) : null;
}

function bare(word: string): string {
  return word.toLowerCase().replace(/[.\-‑ªº]/g, "");
}

function wordsOf(name: string): string[] {
  return name.split(/\s+/).filter(Boolean);
}

/** "Dr. Anna Rossi" → "AR": first and last word after the titles. */
export function initials(name: string): string {
  const all = wordsOf(name);
  const begin = all.findIndex((word) => titleOf(word) === null);
  const words = begin < 0 ? [] : all.slice(begin);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => Array.from(word ?? "")[0]?.toUpperCase() ?? "").join("");
}

/** "Alex M." → "Alex": how a sentence calls somebody. Titles keep their name: "Sig.ra Bianchi". */
export function firstName(name: string): string {
  const words = wordsOf(name);
  return titleOf(words[0]) ? words.join(" ") : (words[0] ?? "");
}

/** A name as it was given, without needless space. */
export function plainName(name: string | null | undefined): string {
  return wordsOf(name ?? "").join(" ");
}

/**
 * A therapist's name inside a sentence: "la Dott.ssa Rossi", "le Dr Rossi", "Dr. Rossi".
 *
 * Where neither a title nor the therapist tells the gender that the language asks for, no article is
 * better than a wrong one.
 *
 * @param said What the therapist says of a title like "Dr.", which tells nothing itself.
 */
export function calledName(
  name: string | null | undefined,
  language: string,
  said: Gender | null = null,
): string {
  const [first = "", ...rest] = wordsOf(name ?? "");
  const found = titleOf(first);
  if (rest.length === 0 || !found?.articles.includes(language)) return plainName(name);
  const gender = found.gender ?? said;
  const agreeing = found.gender === null && gender === "f";
  const title = (agreeing && OF_A_WOMAN[language]?.[bare(first)]) || first;
  return `${article(language, gender, first)}${[title, ...rest].join(" ")}`;
}

/** The titles at the head of a name, and the rest; a name of titles alone is all rest. */
export function splitTitle(name: string): readonly [title: string, rest: string] {
  const words = wordsOf(name);
  const begin = Math.max(
    words.findIndex((word) => titleOf(word) === null),
    0,
  );
  return [words.slice(0, begin).join(" "), words.slice(begin).join(" ")];
}

/** Whether a title stands there that tells no gender, though languages ask for one. */
export function needsGender(name: string): boolean {
  const [first, ...rest] = wordsOf(name);
  const found = titleOf(first);
  return rest.length > 0 && found?.gender === null && found.articles.length > 0;
}

function article(language: string, gender: Gender | null, first: string): string {
  if (language === "it" && /^[aeiou]/i.test(first)) return "l’";
  if (language === "fr") return gender === "f" ? "la " : "le ";
  if (gender === null) return "";
  if (gender === "f") return "la ";
  return language === "it" ? "il " : "el ";
}
