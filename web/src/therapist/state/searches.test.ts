import { afterEach, beforeEach, expect, it } from "vitest";
import { storageOf } from "../../lib/storage";
import type { Me } from "../api";
import { me } from "./account";
import { keepSearch, rememberSearches, searchText } from "./searches";

const ROSSI = { id: "t1", name: "Dr. Rossi", email: "rossi@example.org", language: "en" } as Me;

let stored: Map<string, string>;
let stop: () => void;

/** A page that loads, and learns who is logged in. */
function load(who: Me | null): void {
  stop?.();
  me.value = undefined;
  const session = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, text: string) => void stored.set(key, text),
    removeItem: (key: string) => void stored.delete(key),
  };
  stop = rememberSearches(storageOf(() => session));
  me.value = who;
}

beforeEach(() => {
  stored = new Map();
  load(ROSSI);
});
afterEach(() => stop());

it("each list keeps its own search, over a reload as well", () => {
  keepSearch("patients", "alex");
  load(ROSSI);
  expect([searchText("patients"), searchText("sessions")]).toEqual(["alex", ""]);
});

it("a log-out leaves nothing of it", () => {
  keepSearch("patients", "alex");
  me.value = null;
  expect(searchText("patients")).toBe("");
  expect(stored.size).toBe(0);
});

it("another therapist does not see it, in the same page or after a reload", () => {
  keepSearch("patients", "alex");
  me.value = { ...ROSSI, id: "t2" };
  expect(searchText("patients")).toBe("");
  keepSearch("patients", "bruna");
  load(ROSSI);
  expect(searchText("patients")).toBe("");
});

it("the same therapist logging in again after the login expired finds it", () => {
  keepSearch("sessions", "bo");
  me.value = { ...ROSSI };
  expect(searchText("sessions")).toBe("bo");
});
