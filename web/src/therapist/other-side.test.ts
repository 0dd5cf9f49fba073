import { describe, expect, it } from "vitest";
import { locale } from "../i18n/core";
import { timeOfDay } from "../i18n/format";
import { otherSide } from "./other-side";
import { aProof, aSession } from "./testing/session";

locale.value = "en";

const FINE = { phase: "connected", otherConnected: true, otherPaused: false } as const;
const inContact = aSession({
  state: "in_contact",
  gate_open: true,
  contact_at: "2026-11-23T09:02:00Z",
});
const absent = { patient_present: false, waiting_since: null, patient_devices: null };
const devices = (microphone: string, camera = "on") =>
  ({ patient_devices: { microphone, camera } }) as Pick<typeof inContact, "patient_devices">;

describe("the other side", () => {
  it("is not spoken of while all is well", () => {
    expect(otherSide(aSession(), FINE)).toBeNull();
    expect(otherSide(inContact, FINE)).toBeNull();
    expect(otherSide(inContact, null)).toBeNull();
  });

  it.each([
    [devices("off"), "microphone off"],
    [devices("denied"), "microphone not allowed"],
    [devices("asking"), "microphone not allowed yet"],
    [devices("missing"), "no microphone"],
    [devices("busy"), "microphone in use elsewhere or muted by the device"],
    [devices("on", "off"), "camera off"],
    [devices("on", "denied"), "camera not allowed"],
    [devices("on", "missing"), "no camera"],
    [devices("denied", "denied"), "microphone and camera not allowed"],
    [devices("off", "off"), "microphone off · camera off"],
    [{ patient_proof: aProof({ heard_age_ms: 9_000 }) }, "no sound arrives"],
    [{ patient_proof: aProof({ seen_age_ms: 9_000 }) }, "no picture arrives"],
  ])("says what its devices send: %o", (part, words) => {
    expect(otherSide({ ...inContact, ...part }, FINE)).toBe(words);
  });

  it("tells a paused picture from a camera that is off", () => {
    const paused = { ...FINE, otherPaused: true };
    const seen = { patient_proof: aProof({ seen_age_ms: 9_000 }) };
    expect(otherSide({ ...inContact, ...seen }, paused)).toBe(
      "picture paused so that the sound stays clear",
    );
    expect(otherSide({ ...inContact, ...devices("on", "off") }, paused)).toBe("camera off");
  });

  it("names a page in the background where something stopped, and never where all comes", () => {
    const patient_devices = { ...inContact.patient_devices, hidden: true } as never;
    const hidden = { ...inContact, patient_devices };
    expect(otherSide(hidden, FINE)).toBeNull();
    const still = { ...hidden, patient_proof: aProof({ heard_age_ms: 9_000, seen_age_ms: 9_000 }) };
    expect(otherSide(still, FINE)).toBe(
      "page in the background, no sound · page in the background, no picture",
    );
  });

  it("is reconnecting, and then its devices are not known", () => {
    const muted = { ...inContact, ...devices("off") };
    expect(otherSide({ ...muted, patient_reconnecting: true }, FINE)).toBe("reconnecting");
    expect(otherSide(muted, { ...FINE, otherConnected: false })).toBe("reconnecting");
  });

  it("is unknown while the own line is lost", () => {
    const lost = { ...FINE, phase: "reconnecting", otherConnected: false } as const;
    expect(otherSide({ ...inContact, ...devices("off") }, lost)).toBeNull();
  });

  it("is not here yet only when it never was", () => {
    expect(otherSide(aSession(absent), FINE)).toBe("not here yet");
    const closed = { ...absent, ...devices("on") };
    expect(otherSide(aSession(closed), FINE)).toBe("not here any more");
    const cut = { ...absent, state: "held" as const, contact_at: "2026-11-23T09:02:00Z" };
    expect(otherSide(aSession(cut), FINE)).toBe("not here any more");
  });

  it("left at a time, in this session", () => {
    const at = "2026-11-23T09:11:00Z";
    const left = aSession({ ...absent, patient_left_at: at });
    expect(otherSide(left, FINE)).toBe(`left at ${timeOfDay(at)}`);
    expect(otherSide({ ...left, opened_at: "2026-11-23T09:30:00Z" }, FINE)).toBe("not here yet");
  });

  it("was sent back, whatever its devices", () => {
    const back = { state: "held" as const, sent_back_at: "2026-11-23T09:05:00Z" };
    expect(otherSide(aSession(back), FINE)).toBe("sent back");
    expect(otherSide(aSession({ ...back, ...devices("off") }), FINE)).toBe(
      "sent back · microphone off",
    );
  });

  it("has a link that opens nothing any more", () => {
    expect(otherSide(aSession({ ...absent, link_state: "revoked" }), FINE)).toBe("link revoked");
    expect(otherSide(aSession({ link_state: "revoked" }), FINE)).toBe("link revoked");
    expect(otherSide(aSession({ ...absent, link_state: "expired" }), FINE)).toBe("link expired");
    expect(otherSide(aSession({ link_state: "expired" }), FINE)).toBeNull();
  });

  it("shows the screen, and is said to do so in contact alone", () => {
    const patient_devices = {
      microphone: "off" as const,
      camera: "on" as const,
      screen: true,
      hidden: false,
      speaker: "untried" as const,
      look: "unknown" as const,
    };
    const shows = aSession({ patient_devices, gate_open: true });
    expect(otherSide(shows, FINE)).toBe("shows the screen · microphone off");
    expect(otherSide({ ...shows, gate_open: false }, FINE)).toBe("microphone off");
  });
});
