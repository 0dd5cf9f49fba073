import { afterEach, describe, expect, it } from "vitest";
import { asLocale, locale, preferredLocale, translator } from "./core";

afterEach(() => {
  locale.value = "en";
});

describe("languages", () => {
  it("are read from tags of any region", () => {
    expect(asLocale("it-CH")).toBe("it");
    expect(asLocale("EN")).toBe("en");
    expect(asLocale("de")).toBeNull();
    expect(asLocale(undefined)).toBeNull();
  });

  it("are the first of the browser's that we have, or English", () => {
    expect(preferredLocale(["de-AT", "it", "en"])).toBe("it");
    expect(preferredLocale(["de"])).toBe("en");
  });
});

describe("messages", () => {
  const t = translator({
    en: { hello: "Hello {name}", wait: { one: "{n} waits", other: "{n} wait" } },
    it: { hello: "Buongiorno {name}", wait: { one: "{n} attende", other: "{n} attendono" } },
  });

  it("are said in the page's language, with names filled in", () => {
    expect(t("hello", { name: "Alex" })).toBe("Hello Alex");
    locale.value = "it";
    expect(t("hello", { name: "Alex" })).toBe("Buongiorno Alex");
  });

  it("choose the plural form of the language", () => {
    expect([0, 1, 2].map((n) => t("wait", { n }))).toEqual(["0 wait", "1 waits", "2 wait"]);
    locale.value = "it";
    expect([0, 1, 2].map((n) => t("wait", { n }))).toEqual([
      "0 attendono",
      "1 attende",
      "2 attendono",
    ]);
  });

  it("begin a sentence with a capital, also where it begins with an article", () => {
    const say = translator({
      en: { let_in: "{therapist} will. {therapist} is here, {therapist}.", who: "{name} is here" },
      it: { let_in: "{therapist} La farà entrare. Con {therapist}.", who: "{name} è qui" },
    });
    locale.value = "it";
    expect(say("let_in", { therapist: "la Dott.ssa Rossi" })).toBe(
      "La Dott.ssa Rossi La farà entrare. Con la Dott.ssa Rossi.",
    );
    expect(say("who", { name: "bell" })).toBe("bell è qui");
  });

  it("leave text that looks like a name in a value alone", () => {
    expect(t("hello", { name: "{name}" })).toBe("Hello {name}");
  });
});
