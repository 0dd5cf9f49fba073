import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Me } from "../api";
import { me } from "./account";
import { keepSearch, rememberSearches, searchText } from "./searches";

const ROSSI: Me = { id: "t1", name: "Dr. Rossi", email: "rossi@example.org", language: "en" };
let stop = () => {};
let stored: Map<string, string>;

beforeEach(() => {
  stored = new Map();
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, text: string) => stored.set(key, text),
    removeItem: (key: string) => stored.delete(key),
  });
  me.value = ROSSI;
  stop = rememberSearches();
});
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

it("each list keeps its own search, over a reload as well", () => {
  keepSearch("patients", "alex");
  expect([searchText("patients"), searchText("sessions")]).toEqual(["alex", ""]);
  stop();
  me.value = undefined;
  stop = rememberSearches();
  expect(searchText("patients")).toBe("alex");
});

it("a search goes with the login", () => {
  keepSearch("patients", "alex");
  me.value = null;
  expect(searchText("patients")).toBe("");
  expect([...stored.values()]).toEqual([]);
});

it("works where storage is forbidden", () => {
  vi.stubGlobal("sessionStorage", undefined);
  keepSearch("sessions", "bo");
  expect(searchText("sessions")).toBe("bo");
});
