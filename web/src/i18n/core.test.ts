import { afterEach, describe, expect, it } from "vitest";
import { asLocale, locale, type Messages, preferredLocale, translator } from "./core";
import { therapistEn } from "./therapist.en";
import { therapistIt } from "./therapist.it";

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

  it("leave text that looks like a name in a value alone", () => {
    expect(t("hello", { name: "{name}" })).toBe("Hello {name}");
  });
});

describe("the Italian catalogue", () => {
  const english: Messages = therapistEn;
  const italian: Messages = therapistIt;
  const forms = (messages: Messages, key: string) => {
    const message = messages[key] ?? "";
    return typeof message === "string" ? [message] : [message.one, message.other];
  };
  const names = (texts: string[]) =>
    [...new Set(texts.flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();

  it.each(Object.keys(english))("%s fills in the same names and is not empty", (key) => {
    expect(names(forms(italian, key))).toEqual(names(forms(english, key)));
    for (const text of forms(italian, key)) expect(text.trim()).not.toBe("");
  });
});
