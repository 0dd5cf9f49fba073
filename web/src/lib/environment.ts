/** What the library needs from the world, so that tests can be the world. */

export type Environment = {
  /** Monotonic time, in milliseconds. */
  now(): number;
  random(): number;
  /** Call once after a delay in milliseconds; returns the way to cancel. */
  after(delayMs: number, call: () => void): () => void;
  /** Call whenever the device says that a network is there again; returns the way to stop. */
  onOnline(call: () => void): () => void;
  /**
   * Call whenever it is worth looking at the line at once: a network came or changed, or the page
   * came into view; returns the way to stop.
   */
  onHint(call: () => void): () => void;
  /** Whether control answers, whatever it answers, within `REACHED_WITHIN_MS`. Never rejects. */
  reachable(): Promise<boolean>;
};

/** Enough for a new connection with TLS over a satellite. */
const REACHED_WITHIN_MS = 3_000;

export const browserEnvironment: Environment = {
  now: () => performance.now(),
  random: () => Math.random(),
  after(delayMs, call) {
    const timer = setTimeout(call, delayMs);
    return () => clearTimeout(timer);
  },
  onOnline(call) {
    globalThis.addEventListener("online", call);
    return () => globalThis.removeEventListener("online", call);
  },
  onHint(call) {
    const whenVisible = () => document.visibilityState === "visible" && call();
    const connection = networkInformation();
    globalThis.addEventListener("online", call);
    connection?.addEventListener("change", call);
    document.addEventListener("visibilitychange", whenVisible);
    return () => {
      globalThis.removeEventListener("online", call);
      connection?.removeEventListener("change", call);
      document.removeEventListener("visibilitychange", whenVisible);
    };
  },
  reachable() {
    const signal = AbortSignal.timeout(REACHED_WITHIN_MS);
    return fetch("/api/health", { cache: "no-store", signal }).then(
      () => true,
      () => false,
    );
  },
};

/** Chromium's Network Information; TypeScript and the other browsers do not know it. */
function networkInformation(): EventTarget | undefined {
  return (navigator as Navigator & { connection?: EventTarget }).connection;
}
