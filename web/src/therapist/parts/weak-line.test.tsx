import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { locale } from "../../i18n/core";
import type { Session } from "../../lib/types";
import { aPage, type FakeElement, textOf } from "../../ui/testing/dom";
import { aProof, aQuality, aSession } from "../testing/session";
import { Levels } from "./levels";
import { screenHint } from "./setting";
import { LineHelp, SoundFirstAhead } from "./weak-line";

const { stopScreen } = vi.hoisted(() => ({ stopScreen: vi.fn() }));
vi.mock(import("../state/place"), async (original) => ({ ...(await original()), stopScreen }));

const asked: string[] = [];
let at: ReturnType<typeof aPage>;
beforeEach(() => {
  locale.value = "en";
  asked.length = 0;
  at = aPage();
  vi.stubGlobal("fetch", async (path: string, { method, body }: RequestInit = {}) => {
    asked.push(`${method} ${path} ${body ?? ""}`);
    return Response.json(aSession({ sound_first: true }));
  });
});
afterEach(async () => {
  await at.draw(null);
  vi.unstubAllGlobals();
});

const buttonOf = (body: FakeElement): unknown =>
  body.find("button")?.attributes.get("data-testid") ?? null;

const press = (body: FakeElement) =>
  at.when(() => body.find("button")?.dispatchEvent(new Event("click")));

describe("what can be done about a weak line", () => {
  const help = async (kind: "hint" | "sound_first" | null, part: Partial<Session> = {}) => {
    await at.draw(<LineHelp session={aSession(part)} help={kind} />);
    return buttonOf(at.body);
  };

  it("is a hint to a patient who is there, and the sound first unless it is", async () => {
    expect(await help("hint")).toBe("send-hint");
    expect(await help("hint", { patient_present: false })).toBeNull();
    expect(await help("sound_first")).toBe("sound-first");
    expect(await help("sound_first", { sound_first: true })).toBeNull();
    expect(await help(null)).toBeNull();
  });

  it("was chosen before contact, is said, and can be undone", async () => {
    const ahead = async (part: Partial<Session>) => {
      await at.draw(<SoundFirstAhead session={aSession(part)} />);
      return buttonOf(at.body);
    };
    expect(await ahead({ sound_first: true })).toBe("pictures-again");
    expect(textOf(at.body)).toContain("you will meet without pictures");
    expect(await ahead({ sound_first: true, gate_open: true })).toBeNull();
    expect(await ahead({})).toBeNull();
  });

  it("stops a shown screen with the pictures, and not with their return", async () => {
    await help("sound_first");
    await press(at.body);
    expect(asked.map((each) => each.includes("sound-first"))).toEqual([true]);
    expect(stopScreen).toHaveBeenCalledTimes(1);
    await at.draw(<SoundFirstAhead session={aSession({ sound_first: true })} />);
    await press(at.body);
    expect(asked).toHaveLength(2);
    expect(stopScreen).toHaveBeenCalledTimes(1);
  });

  it("is one hint for a while", async () => {
    await help("hint");
    await press(at.body);
    expect(asked.map((each) => each.includes("/hint"))).toEqual([true]);
    expect(at.body.find("button")?.attributes.get("data-sent")).toBe(true);
    expect(textOf(at.body)).toContain("Hint sent");
  });

  it("leaves the patient no screen to show meanwhile, which the menu says", () => {
    expect(screenHint(true, false, false)).toBe("share.allowed_on");
    expect(screenHint(true, false, true)).toBe("share.allowed_later");
    expect(screenHint(false, false, true)).toBe("share.allowed_off");
    expect(screenHint(false, true, false)).toBe("default.screen_off");
  });
});

describe("the levels of both lines", () => {
  it("are words by each name, also where nothing is known", async () => {
    const patient_proof = aProof({ quality: aQuality({ level: "poor", cause: "loss_up" }) });
    await at.draw(<Levels session={aSession({ gate_open: true, patient_proof })} />);
    expect(textOf(at.body).split(/\s+/).join(" ").trim()).toBe("You – not known Alex poor");
  });

  it("step back only while both are known to be good", async () => {
    const classOf = () => at.body.find("p")?.attributes.get("class");
    await at.draw(<Levels session={aSession({ gate_open: true })} />);
    expect(classOf()).toBe("pill levels");
  });
});
