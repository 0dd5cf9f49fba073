import { effect, signal } from "@preact/signals";
import { asLocale, locale } from "../i18n/core";
import { t } from "../i18n/ops";
import { Api, ApiError } from "../lib/api";
import type { components } from "../lib/api-types";
import { Poll } from "../lib/poll";
import { merged, type NodeView, type Overview } from "./history";

export type Me = components["schemas"]["OperatorMe"];

/** Half of the time between two samples: nothing is older than it must be. */
const ASK_EVERY_MS = 5_000;
const CURRENT_MS = 15_000;

const api = new Api();

/** Who is logged in: undefined until control has said so, null when nobody. */
export const me = signal<Me | null | undefined>(undefined);
/** The login ended by itself: the login page says so. */
export const expired = signal(false);
export const overview = signal<Overview | null>(null);
/** What the last question ended in; null when it was answered. */
export const error = signal<ApiError | null>(null);
/** When the last answer came, by this page's own clock. */
export const heardAt = signal(0);

const poll = new Poll(ask, undefined, ASK_EVERY_MS);

/** Whether what is shown is no longer from just now. */
export function isOld(now: number): boolean {
  return now - heardAt.value > CURRENT_MS;
}

/** Ask who is logged in, and follow how it goes. */
export async function begin(): Promise<void> {
  try {
    enter(await api.json<Me>("GET", "/api/ops/me"));
  } catch (failure) {
    note(failure);
  }
}

/** Log in; rejects with `cookies_blocked` where the browser keeps no cookie. */
export async function logIn(email: string, password: string): Promise<void> {
  await api.json<Me>("POST", "/api/ops/login", { email, password });
  try {
    enter(await api.json<Me>("GET", "/api/ops/me"));
  } catch (failure) {
    const unknown = failure instanceof ApiError && failure.code === "operator_needed";
    throw unknown ? new ApiError(401, "cookies_blocked", "The browser keeps no cookies.") : failure;
  }
}

export async function logOut(): Promise<void> {
  await api.json<void>("POST", "/api/ops/logout").catch(note);
  leave();
  expired.value = false;
}

/** Let a node take no new visits, or all again; rejects when it did not answer. */
export async function drain(node: string, draining: boolean): Promise<void> {
  try {
    const path = `/api/ops/nodes/${node}/drain`;
    const now = await api.json<NodeView>("PUT", path, { draining });
    const known = overview.value;
    if (known === null) return;
    const nodes = known.nodes.map((each) => (each.id === now.id ? now : each));
    overview.value = { ...known, nodes };
  } catch (failure) {
    note(failure);
    throw failure;
  }
}

/** Speak the account's language. Call once. */
export function followLanguage(): void {
  effect(() => {
    const own = asLocale(me.value?.language);
    if (own) locale.value = own;
  });
  effect(() => {
    document.documentElement.lang = locale.value;
    document.title = `${t("ops.title")} · Visavis`;
  });
}

function enter(who: Me): void {
  error.value = null;
  expired.value = false;
  me.value = who;
  poll.start();
}

/** Nothing of before is shown to whoever sits down here next. */
function leave(): void {
  poll.stop();
  me.value = null;
  overview.value = null;
}

async function ask(): Promise<void> {
  const last = overview.peek()?.samples.at.at(-1);
  const query = last === undefined ? "" : `?after=${encodeURIComponent(last)}`;
  try {
    overview.value = merged(overview.peek(), await api.json<Overview>("GET", `/api/ops${query}`));
    heardAt.value = Date.now();
    error.value = null;
  } catch (failure) {
    note(failure);
  }
}

function note(failure: unknown): void {
  const known =
    failure instanceof ApiError ? failure : new ApiError(0, "unexpected", "Something went wrong.");
  if (known.code !== "operator_needed") {
    error.value = known;
    return;
  }
  expired.value = me.value !== undefined && me.value !== null;
  leave();
}
