import { beforeEach, expect, test } from "vitest";
import { ApiError } from "../lib/api";
import { NO_DEVICES } from "../lib/devices";
import { World } from "../lib/testing/world";
import type { LinkPreview, Visit } from "../lib/types";
import { VisitFlow } from "./visit";
import type { VisitTools } from "./visit-tools";

const NOBODY: LinkPreview = {
  name: "",
  is_guest: true,
  therapist_name: "Dr. Rossi",
  therapist_gender: null,
  language: "en",
};
const INSIDE: Visit = {
  ...NOBODY,
  name: "Giulia",
  state: "waiting",
  joined: true,
  sound_first: false,
  sent_back: false,
  therapist_in_room: false,
  setting: { self_view: true, clock: true, screen: true },
  therapist_picture: null,
  chat: { id: null, last: 0, kept: false },
  therapist_devices: null,
};
const TAKEN = new ApiError(409, "taken", "This link belongs to another device.");

let asked: (string | null | undefined)[];
let preview: () => Promise<LinkPreview>;
let open: () => Promise<Visit>;

beforeEach(() => {
  asked = [];
  preview = async () => NOBODY;
  open = async () => INSIDE;
});

function aFlow(): VisitFlow {
  const tools: VisitTools = {
    env: new World(),
    obstacle: null,
    token: "secret",
    api: {
      preview: () => preview(),
      open: (_token, _takeOver, name) => {
        asked.push(name);
        return open();
      },
      current: async () => INSIDE,
      check: async () => undefined,
      offerTest: async () => "answer",
      iceServersOfTest: async () => ({ servers: [], lifetime_s: 0 }),
      offer: async () => "answer",
      leave: async () => undefined,
    },
    newLook: () => ({ watch: () => undefined }),
    keepsCookies: () => true,
    dropToken: () => undefined,
    entered: { get: () => null, set: () => undefined },
    newLive: () => ({ send: () => true, close: () => undefined }),
    newCall: () => ({ start: () => undefined, stop: () => undefined, send: async () => undefined }),
    newTestCall: () => ({
      start: () => undefined,
      stop: () => undefined,
      send: async () => undefined,
    }),
    newDevices: () =>
      ({ state: NO_DEVICES, ask: async () => undefined, stop: () => undefined }) as never,
    chosenLanguage: { get: () => null, set: () => undefined } as never,
    speak: async () => undefined,
    newScreen: () => ({
      show: async () => undefined,
      stop: () => undefined,
      close: () => undefined,
    }),
    newChat: () => ({ start: () => undefined, stop: () => undefined }) as never,
    unlockSound: () => undefined,
    ring: () => undefined,
  };
  return new VisitFlow(tools);
}

test("a guest goes in under the name that was typed, trimmed", async () => {
  const flow = aFlow();
  await flow.begin();
  flow.giveName("  Giulia ");
  await flow.enter();
  expect(asked).toEqual(["Giulia"]);
  expect(flow.stage.value).toBe("inside");
});

test("a name given before goes along again", async () => {
  preview = async () => ({ ...NOBODY, name: "Giulia" });
  const flow = aFlow();
  await flow.begin();
  await flow.enter();
  expect(asked).toEqual(["Giulia"]);
});

test("a patient's page sends no name", async () => {
  preview = async () => ({ ...NOBODY, name: "Alex M.", is_guest: false });
  const flow = aFlow();
  await flow.begin();
  flow.giveName("Somebody");
  await flow.enter();
  expect(asked).toEqual([null]);
});

test.each(["name_needed", "invalid_body"])("after %s the name is asked again", async (code) => {
  open = async () => {
    throw new ApiError(400, code, "Please write your name.");
  };
  const flow = aFlow();
  await flow.begin();
  await flow.enter();
  expect([flow.stage.value, flow.nameRefused.value]).toEqual(["welcome", true]);
  flow.giveName("Giulia");
  expect(flow.nameRefused.value).toBe(false);
});

test("a link that another device holds says so, when looked at and when claimed", async () => {
  const late = aFlow();
  await late.begin();
  open = async () => {
    throw TAKEN;
  };
  await late.enter();
  expect(late.stage.value).toBe("taken");
  preview = async () => {
    throw TAKEN;
  };
  const other = aFlow();
  await other.begin();
  expect(other.stage.value).toBe("taken");
});
