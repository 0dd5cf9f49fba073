import { describe, expect, it } from "vitest";
import { locale } from "../i18n/core";
import type { PageWord, Proof, ReachReport } from "../lib/types";
import { reportJson, reportText } from "./line-report";
import { concealedText, freezesText, limitText, routeText, wayText } from "./line-ways";
import { otherLine, ownLine } from "./line-words";
import { aCheck, aProof, aQuality, aSession } from "./testing/session";

locale.value = "en";

const REACH: ReachReport = {
  udp: { state: "blocked", took_ms: null },
  tcp: { state: "reached", took_ms: 312 },
  turn: { state: "not_tried", took_ms: null },
  in_use: "tcp",
};
const SAID: PageWord = {
  freezes: 2,
  frozen_ms: 1_250,
  concealed_ratio: 0.024,
  limited_by: "cpu",
  relayed: false,
};
const ON = { microphone: "on", camera: "on" } as const;
const line = (proof: Partial<Proof>) =>
  otherLine(aSession({ patient_proof: aProof({ quality: aQuality(), ...proof }) }), 10, 0).text;

describe("the ways to the server", () => {
  it("are told with the time of each, and what was not tried is not called blocked", () => {
    expect(wayText(REACH, "tcp")).toBe("after 312 ms");
    expect(wayText(REACH, "udp")).toBe("blocked, as the browser says");
    expect(wayText(REACH, "turn")).toBe("not tried");
    expect(wayText({ ...REACH, tcp: { state: "reached", took_ms: null } }, "tcp")).toBe("later");
    expect(wayText({ ...REACH, tcp: { state: "other", took_ms: null } }, "tcp")).toBe(
      "not measured",
    );
    expect(wayText(null, "udp")).toBe("not measured");
  });

  it("name the one in use", () => {
    expect(routeText(aProof())).toBe("UDP");
    expect(routeText(aProof({ transit: "tcp" }))).toBe("TCP, the backup route");
    expect(routeText(aProof({ page: { ...SAID, relayed: true } }))).toBe(
      "relay server, the backup route",
    );
    expect(routeText(aProof({ transit: null }))).toBe("not known yet");
  });

  it("are worth a sentence when they are longer, and name a network only where it was tried", () => {
    expect(line({})).toBe("Alex’s connection is good.");
    const slower = "Alex’s connection is good. Connected by the slower backup route.";
    expect(line({ transit: "tcp" })).toBe(slower);
    expect(line({ page: { ...SAID, relayed: true } })).toBe(slower);
    expect(line({ transit: "tcp", check: aCheck({ reach: REACH }) })).toBe(
      "Alex’s connection is good. Connected by the slower backup route: Alex’s network blocks the direct one.",
    );
    const own = aProof({ transit: "tcp", quality: aQuality(), check: aCheck({ reach: REACH }) });
    expect(ownLine(aSession(), own, ON, { phase: "connected" }, 0).text).toBe(
      "Your connection is good. Connected by the slower backup route: your network blocks the direct one.",
    );
  });
});

describe("what a browser says of itself", () => {
  it("is told in plain numbers", () => {
    expect(freezesText(SAID)).toBe("2 ×, 1.3 s in all");
    expect(freezesText({ ...SAID, freezes: 0, frozen_ms: 0 })).toBe("never");
    expect(concealedText(SAID)).toBe("2.4 %");
    expect(limitText(SAID)).toBe("by the device");
    const limits = (["none", "bandwidth", "other"] as const).map((limited_by) =>
      limitText({ ...SAID, limited_by }),
    );
    expect(limits).toEqual(["no", "by the line", "for another reason"]);
  });

  it("is not measured where it says nothing", () => {
    const silent = { freezes: null, frozen_ms: null, concealed_ratio: null, limited_by: null };
    for (const page of [null, { ...SAID, ...silent }])
      expect([freezesText(page), concealedText(page), limitText(page)]).toEqual(
        Array(3).fill("not measured"),
      );
  });

  it("never changes a sentence or a level, however bad it is", () => {
    const awful: PageWord = {
      freezes: 1_000,
      frozen_ms: 60_000,
      concealed_ratio: 1,
      limited_by: "bandwidth",
      relayed: false,
    };
    const session = (page: PageWord | null) =>
      aSession({ patient_proof: aProof({ quality: aQuality(), page }) });
    expect(otherLine(session(awful), 10, 0)).toEqual(otherLine(session(null), 10, 0));
  });

  it("stands in the report, apart from what was measured", () => {
    const proof = aProof({ quality: aQuality(), page: SAID, check: aCheck({ reach: REACH }) });
    const side = { name: "Alex", proof, devices: ON };
    const both = { contact: false, own: { ...side, name: "You" }, other: side, now: 0 };
    const said = { level: "good", text: "Good.", hint: null, help: null } as const;
    const text = reportText(both, { own: said, other: said });
    expect(text).toContain("Picture froze, says the browser: 2 ×, 1.3 s in all");
    expect(text).toContain("Direct, by TCP: after 312 ms");
    const { patient } = JSON.parse(reportJson(both, { own: said, other: said }));
    expect(patient.said_by_browser).toEqual(SAID);
    expect(patient.measured.page).toBeUndefined();
    expect(patient.measured.check.reach).toEqual(REACH);
  });
});
