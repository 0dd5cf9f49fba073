import { afterEach, describe, expect, it } from "vitest";
import { locale } from "./core";
import { languageLabel, languageName, loadPatientMessages, PATIENT_LANGUAGES } from "./languages";
import { firstLanguage, speak, t } from "./patient";

afterEach(() => speak("en"));

describe("the patient's languages", () => {
  it("are those that have a file, and are named by themselves or in the reader's words", () => {
    expect(PATIENT_LANGUAGES).toEqual(["de", "en", "es", "fr", "it"]);
    expect(PATIENT_LANGUAGES.map((each) => languageLabel(each))).toEqual([
      "Deutsch",
      "English",
      "Español",
      "Français",
      "Italiano",
    ]);
    expect(languageName("de", "it")).toBe("tedesco");
  });

  it("are chosen by the browser's, whatever the region", () => {
    expect(firstLanguage(["nl", "de-AT", "en"])).toBe("de");
    expect(firstLanguage(["nl"])).toBe("en");
  });

  it("are spoken once their words are here, with plurals of their own", async () => {
    await speak("fr-CH");
    expect(locale.value).toBe("fr");
    expect(t("will_let_in", { therapist: "le Dr Rossi" })).toBe("Le Dr Rossi vous fera entrer.");
    expect([0, 1, 2].map((n) => t("together", { n }))).toEqual([
      "0 minute ensemble",
      "1 minute ensemble",
      "2 minutes ensemble",
    ]);
  });

  it("that are not here change nothing", async () => {
    await speak("nl");
    expect(locale.value).toBe("en");
    expect(await loadPatientMessages("nl")).toBeNull();
  });

  it("are that of the last wish, in whichever order the words come", async () => {
    await Promise.all([speak("es"), speak("de"), speak("en")]);
    expect(locale.value).toBe("en");
  });
});
