import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Overview } from "./history";
import { begin, drain, error, expired, logIn, logOut, me, overview } from "./state";

const ME = { email: "watch@example.org", language: "en" };
const NODE = { id: "node-1", state: "good" };
const NONE = { count: 0, p95_s: null, bins: [] };
const SEEN = {
  now: "2026-03-02T09:00:20Z",
  began_at: "2026-03-02T09:00:00Z",
  samples: { at: [] },
  nodes: [NODE],
  joins: NONE,
  starts: NONE,
  gaps: NONE,
} as unknown as Overview;

type Answer = readonly [status: number, body: unknown];
let answers: Record<string, Answer>;

beforeEach(() => {
  answers = { "/api/ops/me": [200, ME], "/api/ops/login": [200, ME], "/api/ops": [200, SEEN] };
  answers["/api/ops/logout"] = [204, null];
  vi.stubGlobal("fetch", async (path: string) => {
    const answer = answers[path];
    if (answer === undefined) throw new TypeError("no network");
    const [status, body] = answer;
    return new Response(body === null ? null : JSON.stringify(body), { status });
  });
});

afterEach(async () => {
  await logOut();
  error.value = null;
  vi.unstubAllGlobals();
});

const refused = (code: string): Answer => [401, { code, text: "No." }];

test("who is logged in sees how it goes at once", async () => {
  await begin();
  await vi.waitFor(() => expect(overview.value?.nodes[0]?.id).toBe("node-1"));
  expect(me.value).toEqual(ME);
});

test("who is not is asked to log in, without a word of having been logged out", async () => {
  answers["/api/ops/me"] = refused("operator_needed");
  await begin();
  expect([me.value, expired.value, error.value]).toEqual([null, false, null]);
});

test("a login that ended takes everything off the page, and is said", async () => {
  await begin();
  await vi.waitFor(() => expect(overview.value).not.toBeNull());
  answers["/api/ops/nodes/node-1/drain"] = refused("operator_needed");
  await expect(drain("node-1", true)).rejects.toThrow();
  expect([me.value, overview.value, expired.value]).toEqual([null, null, true]);
});

test("what was heard stays while the server is away, and the trouble is said", async () => {
  await begin();
  await vi.waitFor(() => expect(overview.value).not.toBeNull());
  await expect(drain("node-1", true)).rejects.toThrow();
  expect(error.value?.code).toBe("unreachable");
  expect(overview.value?.nodes).toEqual([NODE]);
});

test("a node that was drained shows so before the next answer", async () => {
  await begin();
  await vi.waitFor(() => expect(overview.value).not.toBeNull());
  answers["/api/ops/nodes/node-1/drain"] = [200, { ...NODE, state: "draining" }];
  await drain("node-1", true);
  expect(overview.value?.nodes[0]?.state).toBe("draining");
});

test("a browser that keeps no cookie is told so", async () => {
  answers["/api/ops/me"] = refused("operator_needed");
  await expect(logIn("watch@example.org", "a password")).rejects.toMatchObject({
    code: "cookies_blocked",
  });
});
