/** A world for tests: time that moves when told, and a network that says "online" when told. */
import type { Environment } from "../environment";

type Timer = { at: number; call: () => void };

export class World implements Environment {
  private time = 0;
  private readonly timers = new Set<Timer>();
  private readonly listeners = new Set<() => void>();

  now = (): number => this.time;
  random = (): number => 1;

  after = (delayMs: number, call: () => void): (() => void) => {
    const timer = { at: this.time + delayMs, call };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  };

  onOnline = (call: () => void): (() => void) => {
    this.listeners.add(call);
    return () => this.listeners.delete(call);
  };

  onHint = (call: () => void): (() => void) => this.onOnline(call);

  /** Whether control can be reached. */
  controlAnswers = true;
  checks = 0;
  reachable = async (): Promise<boolean> => {
    this.checks += 1;
    return this.controlAnswers;
  };

  online(): void {
    for (const call of [...this.listeners]) call();
  }

  get pending(): number {
    return this.timers.size + this.listeners.size;
  }

  /** Move time on, run what falls due in its order, and let promises flushPromises between. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    for (let next = this.due(end); next; next = this.due(end)) {
      this.timers.delete(next);
      this.time = next.at;
      next.call();
      await flushPromises();
    }
    this.time = end;
    await flushPromises();
  }

  private due(end: number): Timer | undefined {
    return [...this.timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/** Let promises that need nothing but each other flushPromises. */
export async function flushPromises(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
}
