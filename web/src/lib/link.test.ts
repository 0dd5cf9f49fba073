import { describe, expect, test } from "vitest";
import { addressOf, tokenOf } from "./link";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Random numbers that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const read = (link: string) => tokenOf(new URL(link, "https://example.org"));
const hex = (letter: string) => `%${letter.charCodeAt(0).toString(16).padStart(2, "0")}`;

const PATHS = ["/v", "/v/", "/V", "/V/", "//v", "//V/", "///v//"].map(
  (path) => `https://e.org${path}`,
);
const MARKS = ["#", "%23", "%2523", "#%23", "##", "%E2%80%8B#", "?fbclid=IwAR0&x=1#"];
const INSIDE = ["\u200b", "%E2%80%8B", "%C2%AD", "\u2060", "\ufeff", "%EF%BB%BF", "%20", "%0D%0A"];
const AFTER = [
  ...[
    "",
    ".",
    ")",
    ">",
    ",",
    ";",
    '"',
    "'",
    "”",
    "’",
    "»",
    "]",
    "!",
    "?",
    "/",
    "_",
    "%22",
    "%3E",
    ".",
  ],
  ...[
    " ",
    "%20",
    "%20please",
    "\u00a0",
    "%C2%A0",
    "\u200b",
    "%E2%80%8B",
    "\u200e",
    "\ufe0f",
    ").%20",
  ],
  ..."?utm_source=mail&x=1 &amp; |x %FF =".split(" "),
];

describe("a link that a mail program has changed", () => {
  const random = seeded(10);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const aToken = () => Array.from({ length: 43 }, () => pick([...LETTERS])).join("");

  test("is read as it was meant, however it was changed", () => {
    const wrong: string[] = [];
    for (let n = 0; n < 5_000; n += 1) {
      const token = aToken();
      const letters = [...token].map((letter) => {
        const encoded = /[-_]/.test(letter) ? random() < 0.5 : random() < 0.02;
        return encoded
          ? pick([hex(letter), hex(letter).toUpperCase(), `%25${hex(letter).slice(1)}`])
          : letter;
      });
      if (random() < 0.3) letters.splice(1 + Math.floor(random() * 41), 0, pick(INSIDE));
      const link = `${pick(PATHS)}${pick(MARKS)}${letters.join("")}${pick(AFTER)}`;
      if (read(link) !== token) wrong.push(`${link} is not ${token} but ${read(link)}`);
    }
    expect(wrong).toEqual([]);
  });

  test.each(PATHS)("%s with every mark and every end gives the token", (path) => {
    const token = aToken();
    const links = MARKS.flatMap((mark) => AFTER.map((end) => `${path}${mark}${token}${end}`));
    expect(links.filter((link) => read(link) !== token)).toEqual([]);
  });

  test("is read from the path where `#` was lost", () => {
    const token = aToken();
    expect(read(`/v/${token}`)).toBe(token);
    expect(read(`/v%3F${token}`)).toBe(token);
  });
});

test("a link without a token has none", () => {
  for (const link of [
    "/v",
    "/v/",
    "/v#",
    "https://e.org//V/#",
    "/v%23",
    "/v?utm_source=mail",
    "/v#%20.",
    "/visit",
  ])
    expect(read(link)).toBeNull();
});

test("what is no token is left for control to judge, rather than taken for none", () => {
  expect(read("/v#nobody-made-this-link")).toBe("nobody-made-this-link");
});

test("the fragment comes before whatever else looks like a token", () => {
  const [a, b] = ["a".repeat(43), "b".repeat(43)];
  expect(read(`/v?click=${b}#${a}`)).toBe(a);
  expect(read(`/v/${b}#${a}`)).toBe(a);
});

test("the address that is shown and copied is the right one again", () => {
  expect(addressOf(read(`https://e.org//V%23${"x%2Dy".repeat(10)}).`))).toBe(
    `/v#${"x-y".repeat(15).slice(0, 30)}`,
  );
  expect(addressOf(null)).toBe("/v");
});
