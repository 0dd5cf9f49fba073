import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { locale } from "../../i18n/core";
import { type CallState, NO_CALL } from "../../lib/call-state";
import type { Session } from "../../lib/types";
import { aPage, textOf } from "../../ui/testing/dom";
import { now } from "../hooks";
import { otherLine, ownLine } from "../line-words";
import { callState } from "../state/place";
import { aProof, aSession } from "../testing/session";
import { Lanes } from "./lanes";

const CAME = Date.parse("2026-11-23T09:00:00Z");
let at: ReturnType<typeof aPage>;
beforeEach(() => {
  locale.value = "en";
  at = aPage();
});
afterEach(async () => {
  await at.draw(null);
  callState.value = null;
  vi.unstubAllGlobals();
});

/** The words on both lines, as they are drawn. */
async function drawn(call: Partial<CallState>, part: Partial<Session>, afterMs: number) {
  now.value = CAME + afterMs;
  callState.value = { ...NO_CALL, ...call };
  const own = call.phase === "connected" ? aProof() : null;
  await at.draw(<Lanes session={aSession(part)} own={own} />);
  return textOf(at.body).split(/\s+/).join(" ").trim();
}

it("says of a line what the sentence below says of it", async () => {
  const nothing = { patient_proof: null };
  const connecting = { phase: "connecting" } as const;
  const blocked = { ...connecting, blocked: true };
  expect(await drawn({ phase: "connected" }, {}, 5_000)).toBe(
    "You good good Visavis good good Alex",
  );
  expect(await drawn(connecting, nothing, 5_000)).toBe("You connecting Visavis connecting Alex");
  expect(await drawn(blocked, nothing, 25_000)).toBe(
    "You nothing gets through Visavis nothing gets through Alex",
  );
  expect(ownLine(aSession(), null, null, blocked, now.value).text).toMatch("blocks video calls");
  expect(otherLine(aSession(nothing), null, now.value).text).toMatch("may block video calls");
});

it("tells nobody there from somebody whose line is lost", async () => {
  const phase = { phase: "connected" } as const;
  const away = { patient_present: false, patient_proof: null, waiting_since: null };
  expect(await drawn(phase, away, 25_000)).toMatch("not connected Alex");
  expect(await drawn(phase, { ...away, patient_reconnecting: true }, 25_000)).toMatch(
    "connecting Alex",
  );
  const lost = { patient_proof: aProof({ connected: false }) };
  expect(await drawn(phase, lost, 25_000)).toMatch("Visavis connecting Alex");
});
