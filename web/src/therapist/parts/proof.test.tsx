import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { locale } from "../../i18n/core";
import type { CallState } from "../../lib/call-state";
import type { CheckReport, Session } from "../../lib/types";
import { aPage, type FakeElement, textOf } from "../../ui/testing/dom";
import { now } from "../hooks";
import { callState, placeId } from "../state/place";
import { aCheck, aProof, aQuality, aSession } from "../testing/session";
import { BeforeCard } from "./room-card";
import { RunningSession, WaitingCard } from "./waiting-card";

const MINUTE_MS = 60_000;
const CHECKED = Date.parse("2026-11-23T09:00:09Z");
const EARLIER = { started_at: "2026-11-23T08:57:01Z" };
const time = (at: number) =>
  new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

let at: ReturnType<typeof aPage>;
const asked = vi.fn();
beforeEach(() => {
  locale.value = "en";
  now.value = CHECKED + MINUTE_MS;
  at = aPage();
  asked.mockResolvedValue(Response.json({ items: [] }));
  vi.stubGlobal("fetch", asked);
});
afterEach(async () => {
  await at.draw(null);
  asked.mockReset();
  placeId.value = callState.value = null;
  locale.value = "en";
  vi.unstubAllGlobals();
});

const checkedProof = (part: Partial<CheckReport> = {}) => aProof({ check: aCheck(part) });
const aVisit = (part: Partial<Session> = {}) =>
  aSession({ patient_proof: checkedProof(), ...part });
const said = () => textOf(at.body).replace(/\s+/g, " ");

/** The lists that are drawn, by their class. */
const lists = (within: FakeElement = at.body): unknown[] =>
  within.childNodes.flatMap((child) => [
    ...(child.localName === "ul" ? [child.attributes.get("class")] : []),
    ...lists(child),
  ]);

const CARDS = { "Home’s card": WaitingCard, "the card with ACCEPT": BeforeCard };

describe.each(Object.entries(CARDS))("%s", (_, Card) => {
  it("says when the line was checked, and from ten minutes on how long ago and how good", async () => {
    await at.draw(<Card session={aVisit()} />);
    expect(said()).toContain(`connection good Checked: ${time(CHECKED)}`);
    asked.mockClear();
    const later = async (minutes: number) => {
      await at.when(() => {
        now.value = CHECKED + minutes * MINUTE_MS;
      });
      return said();
    };
    expect(await later(10)).toContain(`Checked: ${time(CHECKED)}`);
    expect(await later(12)).toContain("Last check 12 minutes ago: good");
    expect(await later(13)).toContain("Last check 13 minutes ago: good");
    expect(asked).not.toHaveBeenCalled();
  });

  it("has the therapist’s own line beside it, and the earlier time of both", async () => {
    const therapist_proof = aProof({
      check: aCheck({ ...EARLIER, quality: aQuality({ level: "fair", cause: "capacity_up" }) }),
    });
    await at.draw(<Card session={aVisit({ therapist_proof })} />);
    const earlier = time(CHECKED - 3 * MINUTE_MS);
    expect(said()).toContain(`You picture will be small Alex good Checked: ${earlier}`);
    await at.when(() => {
      now.value = CHECKED + 17 * MINUTE_MS;
    });
    expect(said()).toContain("You good Alex good Last check 20 minutes ago: fair");
  });

  it("says that a check is under way, once, and nothing of when", async () => {
    const running = {
      state: "running",
      started_at: "2026-11-23T09:01:05Z",
      took_ms: 2_000,
    } as const;
    const patient_proof = aProof({
      rtt_ms: null,
      check: aCheck({ ...running, quality: aQuality({ level: "unknown" }) }),
    });
    await at.draw(<Card session={aVisit({ patient_proof, therapist_proof: checkedProof() })} />);
    expect(said()).toContain("You good Checking, about 8 seconds");
    expect(said()).not.toContain("Checked");
  });

  it("tells no age where one of both lines was not checked", async () => {
    await at.draw(
      <Card session={aVisit({ patient_proof: aProof(), therapist_proof: checkedProof() })} />,
    );
    expect(said()).toContain("You good Alex good");
    expect(said()).not.toMatch(/Checked|Last check/);
  });

  it("has no list where nothing is known of the lines any more", async () => {
    const check = aCheck({ quality: aQuality({ level: "unknown" }) });
    now.value = CHECKED + 12 * MINUTE_MS;
    await at.draw(<Card session={aVisit({ patient_proof: aProof({ rtt_ms: null, check }) })} />);
    expect(said()).not.toMatch(/Checked|Last check/);
    expect(lists()).toEqual(["proof"]);
  });

  it("says it in Italian", async () => {
    locale.value = "it";
    await at.draw(<Card session={aVisit({ therapist_proof: checkedProof() })} />);
    expect(said()).toContain(`Lei buona Alex buona Ultima verifica: ${time(CHECKED)}`);
  });
});

it("takes the own line from this page’s call where it is the call of that session", async () => {
  placeId.value = "another";
  const call: Partial<CallState> = { phase: "connected", proof: aProof(), quality: aQuality() };
  callState.value = call as CallState;
  await at.draw(<WaitingCard session={aVisit()} />);
  expect(said()).not.toContain("You");
  await at.when(() => {
    placeId.value = "s1";
  });
  expect(said()).toContain("You good Alex good");
});

it("tells of no check while the two talk: the last seconds say more", async () => {
  const session = aVisit({ gate_open: true, therapist_proof: checkedProof() });
  await at.draw(<RunningSession session={session} />);
  expect(said()).toContain("You good Alex good");
  expect(said()).not.toContain("Checked");
});
