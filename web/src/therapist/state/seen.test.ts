import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { roomPath } from "../routes";
import { aSession } from "../testing/session";
import { navigate } from "./router";
import { tellWhoIsSeen } from "./seen";
import { openSessions } from "./sessions";

let calls: string[];
let acts: Map<string, () => void>;
let stop: () => void;

beforeEach(() => {
  calls = [];
  acts = new Map();
  vi.stubGlobal("fetch", async (path: string) => {
    calls.push(path);
    return new Response(null, { status: 204 });
  });
  vi.stubGlobal("addEventListener", (name: string, act: () => void) => acts.set(name, act));
  vi.stubGlobal("removeEventListener", (name: string) => acts.delete(name));
  vi.stubGlobal("history", { pushState: () => undefined });
  vi.stubGlobal("window", { scrollTo: () => undefined });
  stop = tellWhoIsSeen();
});
afterEach(() => {
  stop();
  openSessions.value = null;
  navigate("/");
  vi.unstubAllGlobals();
});

const waits = (id: string, waiting_since = "2026-11-28T09:00:00Z") =>
  aSession({ id, waiting_since, patient_present: true });

it("tells of a card once a wait, and only when somebody uses the page", () => {
  openSessions.value = [waits("s1")];
  expect(calls).toEqual([]);
  acts.get("pointermove")?.();
  acts.get("keydown")?.();
  expect(calls).toEqual(["/api/sessions/s1/seen"]);
  openSessions.value = [waits("s1", "2026-11-28T09:30:00Z")];
  acts.get("pointerdown")?.();
  expect(calls).toHaveLength(2);
});

it("tells of nobody in the virtual room of somebody else", () => {
  openSessions.value = [waits("s1"), waits("s2")];
  navigate(roomPath("s2"));
  acts.get("pointermove")?.();
  expect(calls).toEqual(["/api/sessions/s2/seen"]);
});

it("leaves nothing behind", () => {
  stop();
  expect(acts.size).toBe(0);
});
