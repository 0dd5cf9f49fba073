import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../lib/api";
import type { Me } from "../api";
import { asMe, expired, loadMe, loginAs, me, unreachable } from "./account";

const ROSSI = { id: "t1", email: "rossi@example.org", name: "Dr. Rossi", language: "en" } as Me;
const LOGIN_NEEDED = { code: "login_needed", text: "Please log in." };

function controlAnswers(answer: () => Response): void {
  vi.stubGlobal("fetch", async () => answer());
}

beforeEach(() => {
  me.value = undefined;
  expired.value = unreachable.value = false;
  controlAnswers(() => Response.json(ROSSI));
  return () => vi.unstubAllGlobals();
});

describe("who is logged in", () => {
  it("is nobody where control says so at first", async () => {
    controlAnswers(() => Response.json(LOGIN_NEEDED, { status: 401 }));
    await loadMe();
    expect([me.value, expired.value]).toEqual([null, false]);
  });

  it("stays known when the login ends, so that the pages stay with what was typed", async () => {
    await loadMe();
    controlAnswers(() => Response.json(LOGIN_NEEDED, { status: 401 }));
    await loadMe();
    expect([me.value, expired.value]).toEqual([ROSSI, true]);
  });

  it("stays known when any call says that the login is over", async () => {
    await loadMe();
    const call = Promise.reject(new ApiError(401, "login_needed", "Please log in."));
    await expect(asMe(call)).rejects.toThrow("login_needed");
    expect([me.value, expired.value]).toEqual([ROSSI, true]);
  });

  it("is asked again, by a page of its own, only while nothing is known", async () => {
    controlAnswers(() => new Response("", { status: 502 }));
    await loadMe();
    expect(unreachable.value).toBe(true);
    controlAnswers(() => Response.json(ROSSI));
    await loadMe();
    controlAnswers(() => new Response("", { status: 502 }));
    await loadMe();
    expect([me.value, unreachable.value]).toEqual([ROSSI, false]);
  });
});

describe("logging in", () => {
  it("ends the login page", async () => {
    expired.value = true;
    await loginAs(Promise.resolve(ROSSI));
    expect([me.value, expired.value]).toEqual([ROSSI, false]);
  });

  it("fails with words where the browser did not keep the cookie", async () => {
    controlAnswers(() => Response.json(LOGIN_NEEDED, { status: 401 }));
    const failure = await loginAs(Promise.resolve(ROSSI)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "cookies_blocked" });
    expect(me.value).toBeUndefined();
  });
});
