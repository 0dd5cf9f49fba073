import { describe, expect, test } from "vitest";
import { Recovery, type Step } from "./recovery";

/** Ask every tenth of a second, as a call does, and note what was due when. */
function watch(recovery: Recovery, from: number, to: number): [number, Step][] {
  const seen: [number, Step][] = [];
  for (let now = from; now <= to; now += 100)
    for (const step of recovery.due(now)) seen.push([now, step]);
  return seen;
}

const times = (seen: [number, Step][], step: Step) =>
  seen.filter((each) => each[1] === step).map(([at]) => at);

describe("a recovery", () => {
  test("restarts at once and every two seconds, checks control every second, offers nothing", () => {
    const seen = watch(new Recovery(0, true), 0, 10_000);
    expect(times(seen, "restart")).toEqual([0, 2000, 4000, 6000, 8000, 10_000]);
    expect(times(seen, "check")).toHaveLength(11);
    expect(times(seen, "offer")).toEqual([]);
  });

  test("offers when control was there all along and a restart had 0.7 s to work", () => {
    const recovery = new Recovery(0, true);
    recovery.reached(50);
    expect(times(watch(recovery, 100, 5000), "offer")).toEqual([700]);
  });

  test("gives a restart 1.2 s where control took its time to answer", () => {
    const recovery = new Recovery(0, true);
    recovery.reached(500);
    expect(times(watch(recovery, 500, 5000), "offer")).toEqual([1700]);
  });

  test("waits as long when ICE came up before control answered", () => {
    const recovery = new Recovery(0, true);
    recovery.iceUp(100);
    recovery.reached(200);
    expect(times(watch(recovery, 200, 5000), "offer")).toEqual([1400]);
  });

  test("counts the chance of a restart from when the network was there", () => {
    const recovery = new Recovery(0, true);
    watch(recovery, 0, 9000);
    recovery.reached(9000);
    expect(times(watch(recovery, 9000, 12_000), "offer")).toEqual([10_200]);
  });

  test("waits longer when ICE came up, which proves that the node knows the peer", () => {
    const recovery = new Recovery(0, true);
    recovery.reached(0);
    recovery.iceUp(1100);
    expect(times(watch(recovery, 1200, 5000), "offer")).toEqual([2300]);
  });

  test("does not offer once control is out of reach again", () => {
    const recovery = new Recovery(0, true);
    recovery.reached(100);
    recovery.unreached(1000);
    expect(times(watch(recovery, 1000, 20_000), "offer")).toEqual([]);
  });

  test("is not misled by an old check that fails after a newer one succeeded", () => {
    const recovery = new Recovery(0, true);
    recovery.reached(3500);
    recovery.unreached(1000);
    expect(times(watch(recovery, 3600, 6000), "offer")).toEqual([4700]);
  });

  test("offers as soon as control is there when the peer is lost, and restarts no more", () => {
    const recovery = new Recovery(0, true);
    recovery.lost();
    expect(times(watch(recovery, 0, 2000), "restart")).toEqual([]);
    recovery.reached(2050);
    expect(times(watch(recovery, 2100, 3000), "offer")).toEqual([2100]);
  });

  test("begins a first connection with an offer at once", () => {
    expect(Recovery.first(700).due(700)).toEqual(["offer"]);
  });

  test("posts one offer at a time", () => {
    expect(times(watch(Recovery.first(0), 0, 60_000), "offer")).toEqual([0]);
  });

  test("asks again after a refusal, at least every second for two minutes", () => {
    const recovery = Recovery.first(0);
    const offers: number[] = [];
    for (let now = 0; now < 100_000; now += 100) {
      if (!recovery.due(now).includes("offer")) continue;
      offers.push(now);
      recovery.refused(now, 0.999);
    }
    const gaps = offers.slice(1).map((at, i) => at - (offers[i] as number));
    expect(gaps.slice(0, 4)).toEqual([300, 500, 1000, 1000]);
    expect(Math.max(...gaps)).toBe(1000);
  });

  test("asks every five seconds after two minutes of refusals", () => {
    const recovery = Recovery.first(0);
    for (let i = 0; i < 130; i += 1) recovery.refused(0, 0.999);
    expect(times(watch(recovery, 0, 6000), "offer")).toEqual([5000]);
  });

  test("restarts a peer just answered, but gives it fifteen seconds before the next", () => {
    const recovery = Recovery.first(0);
    recovery.due(0);
    recovery.answered(100);
    const seen = watch(recovery, 100, 16_000);
    expect(times(seen, "restart")[0]).toBe(2100);
    expect(times(seen, "offer")).toEqual([15_100]);
  });

  test("restarts, checks control and offers at once on a hint", () => {
    const recovery = new Recovery(0, true);
    recovery.due(0);
    recovery.hint(500);
    expect(recovery.due(500)).toEqual(["restart", "check"]);
    recovery.lost();
    recovery.reached(600);
    recovery.refused(600, 0.9);
    recovery.hint(610);
    expect(recovery.due(610)).toContain("offer");
  });

  test("takes a flurry of hints as one", () => {
    const recovery = new Recovery(0, true);
    const restarts = [1000, 1010, 1050, 1100].flatMap((now) => {
      recovery.hint(now);
      return recovery.due(now).filter((step) => step === "restart");
    });
    expect(restarts).toHaveLength(1);
  });
});
