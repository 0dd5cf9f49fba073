import { describe, expect, it } from "vitest";
import { Bell, type BellInput, RING_EVERY_MS } from "./bell";
import { aSession } from "./testing/session";

const ALEX = aSession({ id: "alex", waiting_since: "2026-11-23T09:00:00Z" });
const BRUNA = aSession({ id: "bruna", waiting_since: "2026-11-23T09:01:00Z" });
const nothing = () => false;

function input(part: Partial<BellInput>): BellInput {
  return { waiting: [], sees: nothing, muted: false, inContact: false, now: 0, ...part };
}

describe("the bell", () => {
  it("rings when somebody arrives, and says who", () => {
    const decision = new Bell().step(input({ waiting: [ALEX] }));
    expect(decision.ring).toBe(true);
    expect(decision.arrived).toEqual([ALEX]);
  });

  it("stays quiet while nobody waits", () => {
    expect(new Bell().step(input({}))).toEqual({ ring: false, arrived: [], nextAt: null });
  });

  it("rings again every 20 seconds until it is seen", () => {
    const bell = new Bell();
    const rung = [];
    for (let now = 0; now <= 2 * RING_EVERY_MS; now += 1_000)
      if (bell.step(input({ waiting: [ALEX], now })).ring) rung.push(now);
    expect(rung).toEqual([0, RING_EVERY_MS, 2 * RING_EVERY_MS]);
  });

  it("asks to be stepped when the next ring is due", () => {
    expect(new Bell().step(input({ waiting: [ALEX], now: 500 })).nextAt).toBe(500 + RING_EVERY_MS);
  });

  it("rings once for an arrival before the therapist's eyes, and not again", () => {
    const bell = new Bell();
    const sees = () => true;
    expect(bell.step(input({ waiting: [ALEX], sees }))).toMatchObject({ ring: true, nextAt: null });
    const later = input({ waiting: [ALEX], now: RING_EVERY_MS });
    expect(bell.step(later).ring).toBe(false);
  });

  it("goes on for the one who was not seen when the other was", () => {
    const bell = new Bell();
    const sees = (session: { id: string }) => session.id === "alex";
    bell.step(input({ waiting: [ALEX, BRUNA], sees }));
    expect(bell.step(input({ waiting: [ALEX, BRUNA], now: RING_EVERY_MS })).ring).toBe(true);
    expect(bell.step(input({ waiting: [ALEX], now: 2 * RING_EVERY_MS })).ring).toBe(false);
  });

  it("stops when the patient is gone, and rings for a new wait of the same session", () => {
    const bell = new Bell();
    bell.step(input({ waiting: [ALEX] }));
    expect(bell.step(input({ now: 1_000 })).nextAt).toBeNull();
    const again = { ...ALEX, waiting_since: "2026-11-23T10:00:00Z" };
    expect(bell.step(input({ waiting: [again], now: 2_000 })).ring).toBe(true);
  });

  it("says who arrived but makes no sound while muted or in contact", () => {
    for (const silent of [{ muted: true }, { inContact: true }]) {
      const decision = new Bell().step(input({ waiting: [ALEX], ...silent }));
      expect(decision).toMatchObject({ ring: false, arrived: [ALEX], nextAt: null });
    }
  });

  it("rings at once for whoever still waits when the contact with another is over", () => {
    const bell = new Bell();
    bell.step(input({ waiting: [ALEX], inContact: true }));
    expect(bell.step(input({ waiting: [ALEX], now: 3_000 })).ring).toBe(true);
  });

  it("does not ring for a patient whom the therapist sent back to the waiting room", () => {
    const held = { ...ALEX, state: "held" as const };
    const decision = new Bell().step(input({ waiting: [held] }));
    expect(decision).toMatchObject({ ring: false, nextAt: null });
  });
});
