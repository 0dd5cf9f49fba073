import { effect, signal } from "@preact/signals";
import { asLocale, locale } from "../../i18n/core";
import { ApiError } from "../../lib/api";
import { api, type Me } from "../api";

/** Who is logged in: undefined until control has said so, null when nobody. */
export const me = signal<Me | null | undefined>(undefined);
/** A login ended by itself: the pages stay as they are under the login page, with what was typed. */
export const expired = signal(false);
/** The account was deleted on this page: the login page says so, once. */
export const erased = signal(false);
/** True when the very first question could not be answered. */
export const unreachable = signal(false);

/** Ask who is logged in. */
export async function loadMe(): Promise<void> {
  unreachable.value = false;
  try {
    me.value = await api.me();
  } catch (error) {
    const ended = error instanceof ApiError && error.status === 401;
    if (ended && me.value) loggedOut();
    else if (ended) me.value = null;
    else if (me.value === undefined) unreachable.value = true;
  }
}

/** Take in who control says has logged in; rejects with `cookies_blocked` where that cannot last. */
export async function loginAs(answer: Promise<Me>): Promise<void> {
  await answer;
  try {
    me.value = await api.me();
  } catch (error) {
    const unknown = error instanceof ApiError && error.code === "login_needed";
    throw unknown ? new ApiError(401, "cookies_blocked", "The browser keeps no cookies.") : error;
  }
  expired.value = false;
}

/** The login ended on the server: by time, or by a log-out in another window. */
export function loggedOut(): void {
  if (me.value) expired.value = true;
}

/** Await a call; when it says that the login is over, show the login page. */
export async function asMe<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && error.code === "login_needed") loggedOut();
    throw error;
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
  });
}
