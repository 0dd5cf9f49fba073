/** What the library needs from the world, so that tests can be the world. */

export type Environment = {
  /** Monotonic time, in milliseconds. */
  now(): number;
  random(): number;
  /** Call once after a delay in milliseconds; returns the way to cancel. */
  after(delayMs: number, call: () => void): () => void;
  /** Call whenever the device says that a network is there again; returns the way to stop. */
  onOnline(call: () => void): () => void;
};

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
};
