import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { aPage } from "../../ui/testing/dom";
import { me } from "../state/account";
import { AccountEmail } from "./account-email";

const ME = { id: "t1", name: "Dr. Rossi", email: "rossi@example.org", language: "en" };
const STAYS = { email: ME.email, new: null, expires_at: null };
const WAITS = { email: ME.email, new: "new@example.org", expires_at: "2026-03-03T09:00:00Z" };

let at: ReturnType<typeof aPage>;
let state: object;
let mail: boolean;
beforeEach(() => {
  at = aPage();
  me.value = { ...ME, gender: null, picture: null, is_canary: false };
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("removeEventListener", () => undefined);
  vi.stubGlobal("fetch", async (path: string) =>
    Response.json(path === "/api/me/email" ? state : { registration: "invite", mail }),
  );
});
afterEach(async () => {
  await at.draw(null);
  vi.unstubAllGlobals();
  me.value = null;
});

/** All text on the page. */
function said(node: { data?: string; childNodes?: Iterable<unknown> } = at.body): string {
  const children = [...(node.childNodes ?? [])] as (typeof node)[];
  return [node.data ?? "", ...children.map(said)].join(" ");
}

async function drawn(next: object, sendsMail: boolean): Promise<string> {
  [state, mail] = [next, sendsMail];
  await at.draw(<AccountEmail />);
  await at.when(() => undefined);
  return said();
}

it("promises a link only where there is mail", async () => {
  expect(await drawn(STAYS, true)).toContain("We send a link to it");
  await at.draw(null);
  const without = await drawn(STAYS, false);
  expect(without).toContain("You log in with rossi@example.org.");
  expect(without).not.toContain("We send a link");
});

it("says which address waits, until when, and offers a way back", async () => {
  const text = await drawn(WAITS, true);
  expect(text).toContain("We have written to new@example.org.");
  expect(text).toContain("Tuesday 3 March, ");
  expect(text).toContain("Keep the old address");
  expect(text).not.toContain("New e-mail address");
});
