import { afterEach, describe, expect, it } from "vitest";
import { locale } from "../i18n/core";
import type { DeviceState } from "../lib/types";
import { aProof, aSession } from "./testing/session";
import { outcomeWords, proofLines, waitedSeconds, waitingWords } from "./words";

locale.value = "en";
afterEach(() => {
  locale.value = "en";
});

/** Five seconds after the patient came. */
const AT = Date.parse("2026-11-23T09:00:05Z");

const said = (session: ReturnType<typeof aSession>, now = AT) =>
  proofLines(session, now).map(({ level, text }) => `${level}: ${text}`);

describe("the proof of a patient", () => {
  it("says what the server receives now", () => {
    expect(said(aSession())).toEqual(["yes: microphone works", "yes: camera works"]);
  });

  it("never shows a silence as a fault", () => {
    const [sound] = proofLines(aSession({ patient_proof: aProof({ level_dbfs: -75 }) }), AT);
    expect(sound).toMatchObject({ level: "yes", text: "microphone works, Alex is quiet" });
  });

  it("tells the age of proof that is not fresh", () => {
    const proof = aProof({ heard_age_ms: 12_000, seen_age_ms: 65_000 });
    expect(said(aSession({ patient_proof: proof }))).toEqual([
      "no: no sound for 10 sec",
      "no: no picture for 1 min",
    ]);
  });

  it.each([
    ["asking", "no: microphone not allowed yet"],
    ["denied", "no: microphone not allowed"],
    ["missing", "no: no microphone found"],
    ["busy", "no: microphone used by another program"],
    ["off", "soft: microphone switched off"],
  ] as const)("gives the page's reason when the microphone is %s", (state: DeviceState, words) => {
    const patient_devices = {
      microphone: state,
      camera: "on" as const,
      screen: false,
      hidden: false,
      speaker: "untried" as const,
      look: "unknown" as const,
    };
    expect(said(aSession({ patient_devices }))[0]).toBe(words);
  });

  it("does not claim to see a camera that the patient has just switched off", () => {
    const patient_devices = {
      microphone: "on" as const,
      camera: "off" as const,
      screen: false,
      hidden: false,
      speaker: "untried" as const,
      look: "unknown" as const,
    };
    expect(said(aSession({ patient_devices }))[1]).toBe("soft: camera switched off");
  });

  it("tells connecting from connected with nothing arriving", () => {
    const before = aSession({ patient_proof: null });
    const silent = aSession({ patient_proof: aProof({ heard_age_ms: null, seen_age_ms: null }) });
    expect(said(before)).toEqual(["soft: connecting", "soft: connecting"]);
    const nothing = ["soft: nothing arrives from the microphone", "soft: no picture arrives"];
    expect(said(silent)).toEqual(nothing);
    expect(said(before, AT + 20_000)).toEqual(nothing); // long enough to be blocked
  });
});

describe("the wait", () => {
  const since = Date.parse("2026-11-23T09:00:00Z");

  it("is said by its length", () => {
    expect(waitingWords(aSession(), since + 4_000)).toBe("has just arrived");
    expect(waitingWords(aSession(), since + 185_000)).toBe("waiting 3 min");
    locale.value = "it";
    expect(waitingWords(aSession(), since + 185_000)).toBe("in attesa da 3 min");
  });

  it("is never negative, although the page's clock may be behind", () => {
    expect(waitedSeconds(aSession(), since - 60_000)).toBe(0);
  });

  it("gives way to a lost line, to contact, and to having been sent back", () => {
    expect(waitingWords(aSession({ patient_reconnecting: true }), since)).toBe(
      "Alex is reconnecting",
    );
    expect(waitingWords(aSession({ gate_open: true }), since)).toBe("in contact");
    const back = aSession({ state: "held", sent_back_at: "2026-11-23T09:05:00Z" });
    expect(waitingWords(back, since)).toBe("sent back to the waiting room");
    const absent = { patient_present: false, waiting_since: null, patient_devices: null };
    expect(waitingWords(aSession(absent), since)).toBe("not here yet");
    expect(waitingWords({ ...back, ...absent, contact_at: back.opened_at }, since)).toBe(
      "not here any more",
    );
  });
});

describe("how a session went", () => {
  const ended = { state: "ended", outcome: "attended" } as const;

  it("is silent about a session that went well", () => {
    expect(outcomeWords(aSession(ended))).toBeNull();
    const flicker = { patient: 2, therapist: 0, server: 0 };
    expect(outcomeWords(aSession({ ...ended, lost: flicker }))).toBeNull();
  });

  it.each([
    [{ patient: 357, therapist: 0, server: 3 }, "6 min lost, Alex’s line"],
    [{ patient: 0, therapist: 120, server: 0 }, "2 min lost, your line"],
    [{ patient: 0, therapist: 0, server: 60 }, "1 min lost, our server"],
    [{ patient: 60, therapist: 60, server: 0 }, "2 min lost"],
  ])("says whose side lost time: %o", (lost, words) => {
    expect(outcomeWords(aSession({ ...ended, lost }))).toBe(words);
  });

  it("names what did not take place, and what is open", () => {
    expect(outcomeWords(aSession({ ...ended, outcome: "no_show" }))).toBe("no contact");
    expect(outcomeWords(aSession({ ...ended, outcome: "no_contact" }))).toBe("no contact");
    expect(outcomeWords(aSession())).toBe("in the waiting room");
    expect(outcomeWords(aSession({ patient_present: false }))).toBe("open");
  });
});
