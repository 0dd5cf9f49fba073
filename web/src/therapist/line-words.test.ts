import { afterEach, describe, expect, it } from "vitest";
import { locale } from "../i18n/core";
import type { CallPhase } from "../lib/call";
import type { Cause, DeviceState, Proof, Session } from "../lib/types";
import { lastSign, lineInContact, otherLine, ownLine } from "./line-words";
import { aCheck, aDirection, aProof, aQuality, aSession } from "./testing/session";

locale.value = "en";
afterEach(() => {
  locale.value = "en";
});

const CAME = Date.parse("2026-11-23T09:00:00Z");
const AT = CAME + 5_000;
const LATER = CAME + 25_000;
const BOTH_ON = { microphone: "on", camera: "on" } as const;
const CONNECTED = { phase: "connected" } as const;

const other = (part: Partial<Session>, own: number | null = 12, now = AT) => {
  const { level, text } = otherLine(aSession(part), own, now);
  return `${level}: ${text}`;
};
const withProof = (part: Partial<Proof>, own: number | null = 12) =>
  other({ patient_proof: aProof(part) }, own);

describe("the patient’s line", () => {
  it("is good when its round trip is", () => {
    expect(other({})).toBe("good: Alex’s connection is good.");
  });

  it("is not called good before it was measured", () => {
    expect(withProof({ rtt_ms: null })).toBe(
      "null: Alex is connected. The first measurement is on its way.",
    );
  });

  it("says how late the therapist is heard, over both lines", () => {
    expect(withProof({ rtt_ms: 200 })).toBe("fair: Alex hears you a little late.");
    expect(withProof({ rtt_ms: 400 }, 200)).toBe(
      "poor: Alex hears you about half a second late. Leave longer pauses.",
    );
    expect(withProof({ rtt_ms: 1_200 }, 200)).toBe(
      "poor: Alex hears you about a second late. Leave longer pauses.",
    );
  });

  it("says that it goes by the backup route", () => {
    expect(withProof({ transit: "tcp" })).toBe(
      "good: Alex’s connection is good. Connected by the slower backup route.",
    );
  });

  it("names the device from which nothing comes any more", () => {
    expect(withProof({ heard_age_ms: 9_000 })).toBe(
      "poor: Nothing arrives from Alex’s microphone.",
    );
    expect(withProof({ seen_age_ms: 9_000 })).toBe("poor: No picture arrives from Alex’s camera.");
    const never = { patient_proof: aProof({ heard_age_ms: null }) };
    expect(other(never)).toMatch("good");
    expect(other(never, 12, LATER)).toBe("poor: Nothing arrives from Alex’s microphone.");
  });

  it.each(["off", "denied", "missing"] as const)(
    "is not blamed for a microphone that is %s",
    (microphone: DeviceState) => {
      const patient_devices = {
        microphone,
        camera: "on" as const,
        screen: false,
        hidden: false,
        speaker: "untried" as const,
        look: "unknown" as const,
      };
      expect(other({ patient_devices, patient_proof: aProof({ heard_age_ms: 9_000 }) })).toBe(
        "good: Alex’s connection is good.",
      );
    },
  );

  it("takes a silence for no fault", () => {
    expect(withProof({ level_dbfs: -90 })).toBe("good: Alex’s connection is good.");
  });

  it("tells being connected from being blocked by a network", () => {
    const nothing = { patient_proof: null };
    expect(other(nothing)).toBe("null: Alex is being connected.");
    expect(otherLine(aSession(nothing), 12, LATER)).toEqual({
      level: "poor",
      text: "No sound or picture gets through from Alex. The network there may block video calls.",
      hint: "Talk by phone, or try another network.",
      help: null,
    });
  });

  it("says since when there was no sign of a line that is lost", () => {
    const lost = (packet_age_ms: number) =>
      other({ patient_proof: aProof({ connected: false, packet_age_ms }) }, 12, LATER);
    expect(lost(1_500)).toBe("poor: Alex is reconnecting.");
    expect(lost(41_000)).toBe(
      "poor: Alex is reconnecting. Last sign of the connection: 40 sec ago.",
    );
  });

  it("is not judged while nobody is there", () => {
    const away = { patient_present: false, patient_proof: null, waiting_since: null };
    expect(other(away)).toBe("null: Alex is not here, so there is nothing to check.");
  });

  it("is told in Italian as the glossary has it", () => {
    locale.value = "it";
    expect(other({})).toBe("good: La connessione di Alex è buona.");
    expect(withProof({ rtt_ms: 500 }, 200)).toBe(
      "poor: Alex La sente con circa mezzo secondo di ritardo. Lasci pause più lunghe.",
    );
  });
});

describe("one’s own line", () => {
  const own = (part: Partial<Proof>, phase: CallPhase = "connected") => {
    const { level, text } = ownLine(aSession(), aProof(part), BOTH_ON, { phase }, AT);
    return `${level}: ${text}`;
  };

  it("is said by its round trip, when there is one", () => {
    expect(own({})).toBe("good: Your connection is good.");
    expect(own({ rtt_ms: 200 })).toBe("fair: Your own connection is a little slow.");
    expect(own({ rtt_ms: 400 })).toBe("poor: Your own connection is slow. Leave longer pauses.");
    expect(own({ rtt_ms: null })).toMatch("null: You are connected.");
    expect(own({ transit: "tcp" })).toMatch("backup route");
  });

  it("is lost, or not there yet, whatever was measured before", () => {
    expect(own({}, "reconnecting")).toBe("poor: Your connection is lost and being restored.");
    expect(own({}, "connecting")).toBe("null: You are being connected.");
    expect(ownLine(aSession(), null, BOTH_ON, CONNECTED, AT).level).toBeNull();
  });

  it("is blocked where the server answers and nothing passes, with what may help", () => {
    const call = { phase: "connecting", blocked: true } as const;
    expect(ownLine(aSession(), null, BOTH_ON, call, AT)).toEqual({
      level: "poor",
      text: "This network blocks video calls.",
      hint: "Talk by phone, or try another network.",
      help: null,
    });
  });

  it("names the device from which nothing comes any more", () => {
    expect(own({ heard_age_ms: 9_000 })).toBe("poor: No sound arrives from your microphone.");
    expect(own({ seen_age_ms: 9_000 })).toBe("poor: No picture arrives from your camera.");
  });
});

it("tells the last sign of a line with its age", () => {
  expect(lastSign(aProof({ packet_age_ms: 300 }))).toBe("now");
  expect(lastSign(aProof({ packet_age_ms: 41_000 }))).toBe("40 sec ago");
  expect(lastSign(aProof({ packet_age_ms: null }))).toBe("not known yet");
});

describe("what the node judges", () => {
  const up = aDirection({ capacity_bps: 610_000 });
  const down = aDirection({ capacity_bps: 340_000 });
  const said = (cause: Cause, level: "fair" | "poor" = "fair", delay_ms: number | null = null) => {
    const quality = aQuality({ level, cause, delay_ms, up, down });
    const line = otherLine(aSession({ patient_proof: aProof({ quality }) }), 12, AT);
    return line.hint ? `${line.level}: ${line.text} | ${line.hint}` : `${line.level}: ${line.text}`;
  };

  it.each([
    ["delay", "Alex hears you a little late."],
    [
      "loss_up",
      "Alex’s voice may drop out. The weak part is from Alex to us. | Sitting closer to the router may help Alex.",
    ],
    [
      "loss_down",
      "Alex may miss words you say. The weak part is from us to Alex. | If it lasts, put the sound first: the pictures stop, and the sound gets through.",
    ],
    ["jitter_up", expect.stringContaining("from Alex to us")],
    ["jitter_down", expect.stringContaining("from us to Alex")],
    ["capacity_up", "The picture will be small: Alex’s line carries 0.6 Mbit/s up. Sound is fine."],
    [
      "capacity_down",
      "Alex will see a small picture: Alex’s line carries 0.3 Mbit/s down. Sound is fine.",
    ],
    ["bufferbloat", expect.stringContaining("slows when something else is uploading")],
    ["other", "Alex’s connection is fair."],
  ] as const)("is said as one sentence, with what may help: %s", (cause, sentence) => {
    expect(said(cause).replace("fair: ", "")).toEqual(sentence);
  });

  it("decides whatever the round trip is", () => {
    const quality = aQuality({ rtt_ms: 400 });
    expect(withProof({ rtt_ms: 400, quality })).toBe("good: Alex’s connection is good.");
  });

  it("tells how late by what was measured over both lines", () => {
    expect(said("delay", "fair", 520)).toMatch("half a second late. Leave longer pauses.");
    expect(said("delay", "poor", 900)).toMatch("about a second late");
    expect(said("delay", "poor", 2_100)).toMatch("more than a second late");
  });

  it("says that it is close to the limit", () => {
    const quality = aQuality({ borderline: true });
    expect(withProof({ quality })).toBe("good: Alex’s connection is good, close to the limit.");
  });

  it("never blames the patient where our server is the cause", () => {
    for (const level of ["unknown", "good", "poor", "no_call"] as const) {
      const quality = aQuality({ level, cause: "server" });
      const text = "null: Our server is busy. It is not Alex’s connection.";
      expect(withProof({ quality })).toBe(text);
    }
  });

  it("is neutral while too little came to judge", () => {
    const quality = aQuality({ level: "unknown" });
    expect(withProof({ quality })).toBe(
      "null: Alex is connected. Too little arrives just now to judge the connection.",
    );
    const check = aCheck({ state: "running", quality });
    expect(withProof({ quality, check })).toMatch("null: Alex is connected. The first measurement");
  });

  it("puts a device’s fault before the line’s level", () => {
    const quality = aQuality({ level: "poor", cause: "loss_up" });
    expect(withProof({ quality, heard_age_ms: 9_000 })).toMatch("from Alex’s microphone");
    const check = aCheck({ camera: "black" });
    expect(withProof({ quality, check })).toMatch("Alex’s camera sends a black picture");
    const patient_devices = {
      microphone: "on",
      camera: "off",
      screen: false,
      hidden: false,
      speaker: "untried" as const,
      look: "unknown" as const,
    } as const;
    expect(other({ patient_devices, patient_proof: aProof({ quality, check }) })).toMatch("drop");
  });

  it("counts what the patient’s page sees of its camera, in contact too", () => {
    const { patient_devices } = aSession();
    const black = { ...(patient_devices as NonNullable<typeof patient_devices>), look: "black" };
    const seen = { patient_devices: black } as Partial<Session>;
    expect(other(seen)).toMatch("Alex’s camera sends a black picture");
    expect(other({ ...seen, gate_open: true })).toMatch("Alex’s camera sends a black picture");
  });

  it("counts a check before contact, and in contact the last seconds alone", () => {
    const check = aCheck({ quality: aQuality({ level: "fair", cause: "capacity_up", up }) });
    const patient_proof = aProof({ quality: aQuality(), check });
    expect(other({ patient_proof })).toMatch("fair: The picture will be small");
    expect(other({ patient_proof, gate_open: true })).toMatch("good:");
    expect(other({ patient_proof }, 12, AT + 11 * 60_000)).toMatch("good:");
  });

  it("is too weak for a call: by phone, or another network", () => {
    const quality = aQuality({ level: "no_call", cause: "loss_down" });
    const line = otherLine(aSession({ patient_proof: aProof({ quality }) }), 12, AT);
    expect(line).toEqual({
      level: "poor",
      text: "Alex’s connection is too weak for a call just now.",
      hint: "Talk by phone, or try another network.",
      help: "sound_first",
    });
  });

  it("is told of one’s own line, and that the other’s is fine only where it is", () => {
    const own = aProof({ quality: aQuality({ level: "fair", cause: "loss_up" }) });
    const line = (patient: Proof) =>
      ownLine(aSession({ patient_proof: patient }), own, BOTH_ON, CONNECTED, AT);
    expect(line(aProof({ quality: aQuality() })).text).toBe(
      "Your own connection is losing sound. Alex’s is fine.",
    );
    const bad = aProof({ quality: aQuality({ level: "fair", cause: "loss_up" }) });
    expect(line(bad).text).toBe("Your own connection is losing sound.");
    expect(line(bad).hint).toMatch("from you to us");
  });

  it("is said in contact of the worse line, and of nobody where our server is late", () => {
    const said = (own: Proof, patient: Proof) => {
      const inContact = aSession({ gate_open: true, patient_proof: patient });
      return lineInContact(inContact, own)?.text ?? null;
    };
    const good = aProof({ quality: aQuality() });
    const lossUp = aProof({ quality: aQuality({ level: "fair", cause: "loss_up" }) });
    const late = aProof({ quality: aQuality({ level: "poor", cause: "delay", delay_ms: 500 }) });
    const ours = aProof({ quality: aQuality({ level: "unknown", cause: "server" }) });
    const tooLittle = aProof({ quality: aQuality({ level: "unknown" }) });
    expect(said(good, good)).toBeNull();
    expect(said(tooLittle, tooLittle)).toBeNull();
    expect(said(good, lossUp)).toBe("Alex’s voice may drop out. The weak part is from Alex to us.");
    expect(said(lossUp, good)).toBe("Your own connection is losing sound. Alex’s is fine.");
    expect(said(late, lossUp)).toMatch("You hear Alex about half a second late.");
    expect(said(lossUp, late)).toMatch("Alex hears you about half a second late.");
    expect(said(ours, lossUp)).toBe("Our server is busy. It is not Alex’s connection.");
    expect(said(good, { ...lossUp, connected: false })).toBeNull();
  });

  it("comes with what the therapist can do: a hint to the patient, or no pictures", () => {
    const fair = (cause: Cause) => aProof({ quality: aQuality({ level: "fair", cause }) });
    const good = aProof({ quality: aQuality() });
    const help = (own: Proof, patient: Proof) =>
      lineInContact(aSession({ gate_open: true, patient_proof: patient }), own)?.help;
    for (const cause of ["loss_up", "jitter_up", "capacity_up", "bufferbloat"] as const) {
      expect(help(good, fair(cause)), cause).toBe("hint");
      expect(help(fair(cause), good), cause).toBe("sound_first");
    }
    for (const cause of ["loss_down", "jitter_down", "capacity_down"] as const)
      expect(help(good, fair(cause)), cause).toBe("sound_first");
    expect(help(good, fair("delay"))).toBeNull();
    expect(help(good, fair("server"))).toBeNull();
  });

  it("says that the sound goes first, and nothing of how small pictures are or missing", () => {
    const session = { gate_open: true, sound_first: true } as const;
    const said = (own: Proof, patient: Proof) =>
      lineInContact(aSession({ ...session, patient_proof: patient }), own);
    const good = aProof({ quality: aQuality() });
    const weak = aProof({ quality: aQuality({ level: "fair", cause: "capacity_up" }) });
    const lossy = aProof({ quality: aQuality({ level: "poor", cause: "loss_down" }) });
    const now = "Sound first: the pictures are stopped, so that the sound stays clear.";
    expect(said(good, good)).toEqual({ level: null, text: now, hint: null, help: null });
    expect(said(good, weak)).toMatchObject({ level: "fair", text: now });
    expect(said(good, lossy)?.text).toMatch("Alex may miss words you say.");
    const unseen = aProof({ seen_age_ms: 60_000, quality: aQuality() });
    expect(other({ ...session, patient_proof: unseen })).toMatch("good");
    expect(ownLine(aSession(session), unseen, BOTH_ON, CONNECTED, AT).text).toMatch("is good");
    expect(other({ sound_first: true, patient_proof: unseen })).toMatch("No picture arrives");
  });

  it("says that the line paused a picture, not that none arrives", () => {
    const unseen = aProof({ seen_age_ms: 60_000, quality: aQuality() });
    const narrow = aProof({
      ...unseen,
      quality: aQuality({ level: "fair", cause: "capacity_up" }),
    });
    const inContact = (patient_proof: Proof) => aSession({ gate_open: true, patient_proof });
    const theirs = "Alex’s picture is paused for the line’s sake, so that the sound stays clear.";
    const mine = "Your picture is paused for the line’s sake, so that the sound stays clear.";
    expect(otherLine(inContact(unseen), 12, AT).text).toMatch("No picture arrives");
    expect(otherLine(inContact(unseen), 12, AT, true)).toMatchObject({
      level: "good",
      text: `Alex’s connection is good. ${theirs}`,
    });
    expect(otherLine(inContact(narrow), 12, AT, true)).toMatchObject({
      level: "fair",
      text: theirs,
      help: "hint",
    });
    const late = aProof({ ...unseen, quality: aQuality({ level: "unknown", cause: "server" }) });
    expect(otherLine(inContact(late), 12, AT, true).text).toBe(
      "Our server is busy. It is not Alex’s connection.",
    );
    const own = (proof: Proof, ownPaused: boolean, camera: DeviceState = "on") =>
      ownLine(inContact(aProof()), proof, { ...BOTH_ON, camera }, { ...CONNECTED, ownPaused }, AT)
        .text;
    expect(own(unseen, false)).toBe("No picture arrives from your camera.");
    expect(own(unseen, true)).toBe(`Your connection is good. ${mine}`);
    expect(own(narrow, true)).toBe(mine);
    expect(own(unseen, true, "off")).toBe("Your connection is good.");
    expect(own(unseen, true, "denied")).toBe("Your connection is good.");
  });

  it("says in contact whose picture the line paused, once", () => {
    const good = aProof({ quality: aQuality() });
    const narrow = aProof({ quality: aQuality({ level: "fair", cause: "capacity_up" }) });
    const lossy = aProof({ quality: aQuality({ level: "poor", cause: "loss_down" }) });
    const said = (patient: Proof, paused: "own" | "other" | null, part: Partial<Session> = {}) =>
      lineInContact(aSession({ gate_open: true, patient_proof: patient, ...part }), good, {
        own: paused === "own",
        other: paused === "other",
      })?.text ?? null;
    const mine = "Your picture is paused for the line’s sake, so that the sound stays clear.";
    expect(said(good, "own")).toBe(mine);
    expect(said(narrow, "own")).toBe(mine);
    expect(said(lossy, "own")).toMatch(`from us to Alex. ${mine}`);
    const ours = aProof({ quality: aQuality({ level: "unknown", cause: "server" }) });
    expect(said(ours, "own")).toBe("Our server is busy. It is not Alex’s connection.");
    expect(said(good, "other")).toBeNull();
    expect(said(narrow, "other")).toMatch("Alex’s picture is paused for the line’s sake");
    expect(said(lossy, "other")).toBe(
      "Alex may miss words you say. The weak part is from us to Alex.",
    );
    expect(said(good, "own", { sound_first: true })).toMatch("Sound first");
  });
});
