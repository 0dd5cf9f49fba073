/** Asking again and again, for as long as nothing is pushed. */
import { browserEnvironment, type Environment } from "./environment";

/** From an answer to the next question: a bell that is late by as much is still a bell. */
export const POLL_EVERY_MS = 3_000;

export class Poll {
  private cancel: (() => void) | null = null;

  /** @param ask Must not reject. */
  constructor(
    private readonly ask: () => Promise<void>,
    private readonly env: Environment = browserEnvironment,
    private readonly everyMs = POLL_EVERY_MS,
  ) {}

  /** Ask at once and then again and again; while it does already, nothing changes. */
  start(): void {
    if (this.cancel === null) void this.round();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
  }

  private async round(): Promise<void> {
    let stopped = false;
    const cancel = () => {
      stopped = true;
    };
    this.cancel = cancel;
    await this.ask();
    if (!stopped) this.cancel = this.env.after(this.everyMs, () => void this.round());
  }
}
