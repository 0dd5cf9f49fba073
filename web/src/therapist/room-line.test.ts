import { describe, expect, it } from "vitest";
import type { CallState } from "../lib/call";
import { roomLine } from "./room-line";
import { aSession } from "./testing/session";

function aCall(part: Partial<CallState> = {}): CallState {
  return {
    phase: "connected",
    closedReason: null,
    gateOpen: true,
    proof: null,
    blocked: false,
    quality: null,
    check: null,
    otherConnected: true,
    otherPaused: false,
    otherWeak: false,
    ownPaused: false,
    remote: { audio: null, camera: null, screen: null },
    rttMs: 10,
    ...part,
  };
}
const inContact = aSession({ state: "in_contact", gate_open: true });

describe("the line of a room", () => {
  it("says nothing while both are face to face", () => {
    expect(roomLine(inContact, aCall())).toEqual({ contact: true, dimmed: false, say: null });
  });

  it("dims the last picture and names the patient whose line is lost", () => {
    const expected = { contact: true, dimmed: true, say: "room.reconnecting" };
    expect(roomLine({ ...inContact, patient_reconnecting: true }, aCall())).toEqual(expected);
    expect(roomLine(inContact, aCall({ otherConnected: false }))).toEqual(expected);
  });

  it("speaks of the own lost line first", () => {
    const call = aCall({ phase: "reconnecting", otherConnected: false, gateOpen: null });
    const expected = { contact: true, dimmed: true, say: "room.reconnecting_you" };
    expect(roomLine({ ...inContact, patient_reconnecting: true }, call)).toEqual(expected);
  });

  it("believes the node about the gate before control has said so", () => {
    expect(roomLine(aSession(), aCall()).contact).toBe(true);
    expect(roomLine(inContact, aCall({ gateOpen: false })).contact).toBe(false);
  });

  it("does not miss a patient who is only in the waiting room", () => {
    const call = aCall({ gateOpen: false, otherConnected: false });
    expect(roomLine(aSession(), call)).toEqual({ contact: false, dimmed: false, say: null });
  });

  it("parts the two at once where the node does not answer to a send back", () => {
    const closing = aSession({ state: "held", closing: true });
    expect(roomLine(closing, aCall())).toEqual({
      contact: false,
      dimmed: false,
      say: "room.closing",
    });
  });
});
