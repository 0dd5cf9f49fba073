/**
 * The token in a mailed link, also where mail programs have changed the link on its way. Pure.
 *
 * A patient's link is `/v#` and a token, those about a therapist's account have a page's name for v. On the way `#` becomes `%23` (and with it part of the path), `_` and
 * `-` become `%5F` and `%2D`, letters become capitals, slashes double, and what stood after the
 * link in the sentence, seen or unseen, is taken to belong to it.
 */

/** 32 bytes in URL-safe base64, as control makes them. */
const TOKEN_LENGTH = 43;
/** Links that were forwarded are sometimes encoded once more each time. */
const DECODINGS = 3;

/** Invisible: zero-width space and joiners, soft hyphen, marks of direction, variation selectors. */
const INVISIBLE = /\p{Cf}|\u034f|[\ufe00-\ufe0f]/gu;
const BLANKS = /\s+/g;
/** Any marks before the token. */
const BEFORE = /^[^A-Za-z0-9_-]+/;
const TOKEN = /^[A-Za-z0-9_-]+/;

type Address = Pick<Location, "pathname" | "search" | "hash">;

/**
 * Read the token from the fragment or else from the path; null where there is none.
 *
 * @param page The path's first word.
 */
export function tokenOf({ pathname, search, hash }: Address, page = "v"): string | null {
  const own = new RegExp(`^/+${page}(?![a-z0-9_-])`, "i");
  const inPath = decoded(pathname);
  const candidates = [hash, own.test(inPath) ? inPath.replace(own, "") : "", search].map(read);
  const whole = candidates.find((token) => token.length === TOKEN_LENGTH);
  return whole ?? candidates.slice(0, 2).find((token) => token !== "") ?? null;
}

/** The link as it should have been, for the address bar and for "Copy the link". */
export function addressOf(token: string | null): string {
  return token === null ? "/v" : `/v#${token}`;
}

function read(part: string): string {
  const text = decoded(part).replace(INVISIBLE, "").replace(BEFORE, "");
  const found = TOKEN.exec(text)?.[0] ?? "";
  // Shorter than a token: a blank may stand where a line was broken.
  const joined = TOKEN.exec(text.replace(BLANKS, ""))?.[0] ?? "";
  const whole = found.length < TOKEN_LENGTH && joined.length >= TOKEN_LENGTH ? joined : found;
  return whole.slice(0, TOKEN_LENGTH);
}

function decoded(part: string): string {
  let text = part;
  for (let time = 0; time < DECODINGS; time += 1)
    text = text.replace(/%[0-7][0-9a-f]/gi, decode).replace(/(%[89a-f][0-9a-f])+/gi, decode);
  return text;
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded; // no UTF-8: what it was nobody can say, and a token it is not
  }
}
