import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../lib/api";
import { reconnectDelay } from "../lib/backoff";
import { serverNow, serverTime } from "../lib/server-time";
import { asMe } from "./state/account";
import { pageTitle } from "./state/attention";
import { recoveries } from "./state/recovery";

/** The first wait before a page loads again by itself: the fourth of `reconnectDelay`. */
const RETRY_FROM = 3;

export interface Loaded<T> {
  readonly data: T | null;
  readonly error: unknown;
  readonly reload: () => void;
}

/** Load when the page opens and whenever `key` changes; what was there stays until the new came. */
export function useLoad<T>(load: () => Promise<T>, key: unknown = null): Loaded<T> {
  const [state, setState] = useState<{ data: T | null; error: unknown }>({
    data: null,
    error: null,
  });
  const asked = useRef(0);
  const reload = () => {
    const mine = ++asked.current;
    const ifLast = (next: { data: T | null; error: unknown }) => {
      if (mine === asked.current) setState(next);
    };
    asMe(load()).then(
      (data) => ifLast({ data, error: null }),
      (error: unknown) => ifLast({ data: state.data, error }),
    );
  };
  useEffect(() => {
    reload();
    return () => {
      asked.current += 1;
    };
  }, [key]);
  useRetry(state.error, reload);
  return { ...state, reload };
}

/** Load again by itself after a failure that passes, and when connection or login came back. */
export function useRetry(error: unknown, reload: () => void): void {
  const failures = useRef(0);
  const back = recoveries.value;
  useEffect(() => {
    if (!isPassing(error)) failures.current = 0;
    if (!isPassing(error)) return;
    const delay = reconnectDelay(RETRY_FROM + failures.current++, Math.random());
    const timer = setTimeout(reload, delay);
    return () => clearTimeout(timer);
  }, [error]);
  useEffect(() => {
    if (error !== null) reload();
  }, [back]);
}

/** Whether the same request may well succeed a little later. */
export function isPassing(error: unknown): boolean {
  return error instanceof ApiError && error.passing;
}

export interface Action {
  readonly busy: boolean;
  readonly error: unknown;
  /** Run unless one is under way; true when it went well. */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
  readonly clear: () => void;
}

/**
 * One thing at a time that may fail: what a button does.
 *
 * @param about What the action is about; when it changes, what failed before is of the past.
 */
export function useAction(about: unknown = null): Action {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({
    busy: false,
    error: null,
  });
  const busy = useRef(false);
  const run = async (work: () => Promise<unknown>) => {
    if (busy.current) return false;
    busy.current = true;
    setState({ busy: true, error: null });
    try {
      await asMe(work());
      setState({ busy: false, error: null });
      return true;
    } catch (error) {
      setState({ busy: false, error });
      return false;
    } finally {
      busy.current = false;
    }
  };
  const clear = () => {
    if (!busy.current) setState({ busy: false, error: null });
  };
  const back = recoveries.value;
  useEffect(() => {
    if (state.error !== null) clear();
  }, [about, back]);
  return { ...state, run, clear };
}

/** Name the page in the tab; what lay under it gets its name back. */
export function useTitle(title: string): void {
  useEffect(() => {
    const before = pageTitle.peek();
    pageTitle.value = title;
    return () => {
      pageTitle.value = before;
    };
  }, [title]);
}

/** The server's time in epoch milliseconds, moving on every five seconds; for waiting times. */
export const now = signal(serverNow());

/** Move `now`. Call once. */
export function runClock(): void {
  const move = () => {
    now.value = serverNow();
  };
  setInterval(move, 5_000);
  serverTime.onChange(move);
}
