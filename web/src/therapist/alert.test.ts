import { describe, expect, it } from "vitest";
import { alertFault, alertPreview, LONGEST_ALERT } from "./alert";

const NAMES = {
  name: "Bruna T.",
  therapist: "Dott.ssa Rossi",
  link: "https://v.test/v#t",
  language: "it",
};

describe("an alert's text", () => {
  it.each(["Ciao {nome}", "{name", "name}", "{}", "{ name }", "{{name}}"])("refuses %s", (text) => {
    expect(alertFault(text)).toBe("placeholder");
  });

  it("may be 400 signs long, whatever signs they are", () => {
    expect(alertFault("é".repeat(LONGEST_ALERT))).toBeNull();
    expect(alertFault("🙂".repeat(LONGEST_ALERT))).toBeNull();
    expect(alertFault("x".repeat(LONGEST_ALERT + 1))).toBe("too_long");
  });

  it("reads as control sends it", () => {
    expect(alertPreview("{name}, {therapist} La attende: {link}", NAMES)).toBe(
      "Bruna, la Dott.ssa Rossi La attende: https://v.test/v#t",
    );
    expect(alertPreview("Gentile {name},\n\n{therapist} La attende.", NAMES)).toBe(
      "Gentile Bruna,\n\nLa Dott.ssa Rossi La attende.",
    );
  });

  it("does not read again what was filled in", () => {
    expect(alertPreview("{name}", { ...NAMES, name: "{link}" })).toBe("{link}");
  });
});
