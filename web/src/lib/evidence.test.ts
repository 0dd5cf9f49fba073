import { describe, expect, it } from "vitest";
import { Evidence, type Stat } from "./evidence";

const sound = (part: object): Stat => ({
  id: "A",
  type: "inbound-rtp",
  kind: "audio",
  mid: "0",
  ...part,
});
const picture = (part: object): Stat => ({
  id: "V",
  type: "inbound-rtp",
  kind: "video",
  mid: "1",
  ...part,
});
const FIRST = [
  sound({ concealedSamples: 5_000, silentConcealedSamples: 4_000, totalSamplesReceived: 480_000 }),
  picture({ freezeCount: 1, totalFreezesDuration: 0.4 }),
];

describe("what a browser noticed", () => {
  it("is told from the second report on, as what came since", () => {
    const evidence = new Evidence();
    expect(evidence.read(FIRST, "1")).toEqual({ type: "page" });
    const later = [
      sound({
        concealedSamples: 12_000,
        silentConcealedSamples: 6_200,
        totalSamplesReceived: 720_000,
      }),
      picture({ freezeCount: 3, totalFreezesDuration: 1.65 }),
    ];
    expect(evidence.read(later, "1")).toEqual({
      type: "page",
      freezes: 2,
      frozen_ms: 1_250,
      concealed_ratio: 0.02, // 4,800 of 240,000: silence that was filled in is no loss
    });
  });

  it("is not of a screen, which may stand still", () => {
    const evidence = new Evidence();
    const screen = (count: number) =>
      picture({ mid: "2", freezeCount: count, totalFreezesDuration: count });
    evidence.read([screen(1)], "1");
    expect(evidence.read([screen(9)], "1")).toEqual({ type: "page" });
  });

  it("stays within what the node takes", () => {
    const evidence = new Evidence();
    evidence.read(FIRST, "1");
    const absurd = [
      sound({ concealedSamples: 9e6, totalSamplesReceived: 480_001 }),
      picture({ freezeCount: 5_000, totalFreezesDuration: 900 }),
    ];
    expect(evidence.read(absurd, "1")).toEqual({
      type: "page",
      freezes: 1_000,
      frozen_ms: 60_000,
      concealed_ratio: 1,
    });
  });

  it("says nothing of counters that went back, are missing, or are no numbers", () => {
    const evidence = new Evidence();
    evidence.read(FIRST, "1");
    const anew = [
      sound({ totalSamplesReceived: 10 }),
      picture({ freezeCount: 0, totalFreezesDuration: Number.NaN }),
    ];
    expect(evidence.read(anew, "1")).toEqual({ type: "page" });
  });

  it("says why the own picture is small, in the words that are known", () => {
    const own = (reason: string): Stat => ({
      id: "O",
      type: "outbound-rtp",
      mid: "1",
      qualityLimitationReason: reason,
    });
    expect(new Evidence().read([own("cpu")], "1").limited_by).toBe("cpu");
    expect(new Evidence().read([own("weather")], "1").limited_by).toBeUndefined();
    const screen = { ...own("bandwidth"), mid: "2" };
    expect(new Evidence().read([screen, own("none")], "1").limited_by).toBe("none");
  });
});

const local = (id: string, candidateType: string, protocol: string, part: object = {}): Stat => ({
  id,
  type: "local-candidate",
  candidateType,
  protocol,
  address: "192.0.2.7",
  port: 50_000,
  ...part,
});
const pair = (id: string, localCandidateId: string, part: object): Stat => ({
  id,
  type: "candidate-pair",
  localCandidateId,
  ...part,
});

describe("the ways of a browser", () => {
  it("are those on which Chromium sent checks, with the relay's address", () => {
    const stats = [
      local("L1", "host", "udp"),
      local("L2", "relay", "udp", { address: "203.0.113.5", port: 61_000 }),
      local("L3", "host", "tcp", { port: 9 }),
      pair("P1", "L1", { requestsSent: 7, state: "in-progress" }),
      pair("P2", "L2", { requestsSent: 3, state: "succeeded" }),
      pair("P3", "L3", { requestsSent: 0, state: "waiting" }),
      { id: "T", type: "transport", selectedCandidatePairId: "P2" },
    ];
    expect(new Evidence().read(stats, "1")).toEqual({
      type: "page",
      relayed: true,
      relays: [{ host: "203.0.113.5", port: 61_000 }],
      tried: ["udp", "turn"],
    });
  });

  it("are those that Firefox has begun, and the pair that it marks", () => {
    const stats = [
      local("L1", "host", "udp"),
      local("L3", "host", "tcp"),
      pair("P1", "L1", { state: "failed" }),
      pair("P3", "L3", { state: "succeeded", selected: true }),
      pair("P4", "L1", { state: "frozen" }),
      pair("P5", "gone", { state: "succeeded" }),
    ];
    expect(new Evidence().read(stats, "1")).toEqual({
      type: "page",
      relayed: false,
      tried: ["udp", "tcp"],
    });
  });

  it("know a relay's address by its older name, and none without a port", () => {
    const older = local("R1", "relay", "udp", { address: undefined, ip: "203.0.113.9", port: 7 });
    const closed = local("R2", "relay", "udp", { port: 0 });
    const { relays } = new Evidence().read([older, closed], null);
    expect(relays).toEqual([{ host: "203.0.113.9", port: 7 }]);
  });

  it("are few, however many a browser gathers", () => {
    const relays = Array.from({ length: 20 }, (_, n) =>
      local(`R${n}`, "relay", "udp", { port: 1_000 + n }),
    );
    expect(new Evidence().read(relays, null).relays).toHaveLength(8);
  });
});
