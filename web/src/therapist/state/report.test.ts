import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { CallState } from "../../lib/call";
import { NO_DEVICES } from "../../lib/devices";
import { flushPromises } from "../../lib/testing/world";
import { aSession } from "../testing/session";
import { callState, devicesState, placeId } from "./place";
import { tellWhatIsSent } from "./report";
import { openSessions } from "./sessions";

const told = vi.hoisted(() => [] as unknown[]);
vi.mock("../api", () => ({
  api: {
    tellDevices: async (id: string, devices: unknown) => void told.push([id, devices]),
  },
}));

let stop = () => undefined as void;
const MUTED = {
  microphone: "off" as const,
  camera: "on" as const,
  screen: false,
  hidden: false,
  speaker: "untried" as const,
  look: "unknown" as const,
};

beforeEach(() => {
  told.length = 0;
  openSessions.value = [aSession({ id: "alex" })];
  placeId.value = "alex";
  devicesState.value = { ...NO_DEVICES, microphone: "off", camera: "on" };
  callState.value = { phase: "connected" } as CallState;
  stop = tellWhatIsSent();
});
afterEach(() => {
  stop();
  placeId.value = callState.value = devicesState.value = null;
});

it("tells what control does not know, and nothing that it knows", async () => {
  await flushPromises();
  expect(told).toEqual([["alex", MUTED]]);
  openSessions.value = [aSession({ id: "alex", therapist_devices: MUTED })];
  await flushPromises();
  expect(told).toHaveLength(1);
  devicesState.value = { ...NO_DEVICES, microphone: "on", camera: "on" };
  await flushPromises();
  expect(told.at(-1)).toEqual(["alex", { ...MUTED, microphone: "on" }]);
});

it("tells again when a restart of control has lost it", async () => {
  openSessions.value = [aSession({ id: "alex", therapist_devices: MUTED })];
  await flushPromises();
  openSessions.value = [aSession({ id: "alex", therapist_devices: null })];
  await flushPromises();
  expect(told.length).toBeGreaterThan(1);
});

it("leaves it to the window that has the connection", async () => {
  await flushPromises();
  told.length = 0;
  callState.value = { phase: "closed" } as CallState;
  openSessions.value = [aSession({ id: "alex", wall_s: 1 })];
  await flushPromises();
  expect(told).toEqual([]);
});
