import { expect, test } from "vitest";
import { storageOf } from "./storage";

test("a browser that forbids storage keeps things in memory, and nothing throws", () => {
  const storage = storageOf(() => {
    throw new DOMException("denied", "SecurityError");
  });
  expect(storage.getItem("a")).toBeNull();
  storage.setItem("a", "1");
  expect(storage.getItem("a")).toBe("1");
  storage.removeItem("a");
  expect(storage.getItem("a")).toBeNull();
});

test("a full storage still remembers until the page is closed", () => {
  const kept = new Map([["a", "0"]]);
  const storage = storageOf(() => ({
    getItem: (key) => kept.get(key) ?? null,
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
    removeItem: (key) => void kept.delete(key),
  }));
  expect(storage.getItem("a")).toBe("0");
  storage.setItem("a", "1");
  expect(storage.getItem("a")).toBe("1");
  storage.removeItem("a");
  expect(storage.getItem("a")).toBeNull();
});

test("what is stored is what another page of the same browser reads", () => {
  const kept = new Map<string, string>();
  const find = () => ({
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  storageOf(find).setItem("a", "1");
  expect(storageOf(find).getItem("a")).toBe("1");
});
