import { useEffect, useLayoutEffect, useState } from "preact/hooks";

/** Keep a phone's screen on while the patient waits or talks. */
export function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let done = false;
    const take = async () => {
      if (document.visibilityState !== "visible") return;
      lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
      if (done) void lock?.release();
    };
    void take();
    // The browser takes the lock back whenever the page is hidden.
    document.addEventListener("visibilitychange", take);
    return () => {
      document.removeEventListener("visibilitychange", take);
      done = true;
      void lock?.release();
    };
  }, []);
}

/** True once `on` has held for `afterMs`. */
export function useLasting(on: boolean, afterMs: number): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    setLasting(false);
    if (!on) return;
    const timer = setTimeout(() => setLasting(true), afterMs);
    return () => clearTimeout(timer);
  }, [on, afterMs]);
  return on && lasting;
}

/** Draw again every `everyMs`. */
export function useRedraw(everyMs: number): void {
  const [, setCount] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setCount((count) => count + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}

/** Close by Esc what is no dialog, from the moment it is drawn; a dialog in it closes itself. */
export function useEscape(onEscape: () => void): void {
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const inDialog = event.target instanceof Element && event.target.closest("dialog");
      if (event.key === "Escape" && !inDialog) onEscape();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [onEscape]);
}
