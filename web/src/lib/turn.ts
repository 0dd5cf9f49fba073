/**
 * TURN servers for a page's connections, with credentials that are always young.
 *
 * A first gathering waits for them, since it has nothing in hand. Everything later uses what is in
 * hand, so that a restart never waits for control, which may be away: fresh ones are asked for in
 * the background once a third of their lifetime is over, long before they end.
 */
import type { Environment } from "./environment";
import type { IceServers } from "./types";

/** Control has just answered this page, so it answers soon; else the page goes on without. */
const FIRST_WITHIN_MS = 2_000;
/** Credentials older than this share of their lifetime are renewed. */
const RENEW_AT = 1 / 3;
const ASK_AGAIN_MS = 5_000;
/**
 * Chromium holds every allocation, of former gatherings too, until the connection closes: a page
 * that restarts every 2 s beside a dead node had 75 after 40 s. So after some restarts in a row
 * only one in so many milliseconds gathers with TURN.
 */
const RESTARTS_IN_A_ROW = 4;
const RESTART_EVERY_MS = 10_000;

export class Turn {
  /** What is in hand; empty without TURN, and until control has answered. */
  private servers: IceServers["servers"] = [];
  private known = false;
  private renewAt = Number.NEGATIVE_INFINITY;
  private asking: Promise<void> | null = null;
  private restartsSpentUntil = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly ask: () => Promise<IceServers>,
    private readonly env: Environment,
  ) {}

  /** The servers for a first gathering, as soon as something is in hand. Never rejects. */
  async ready(): Promise<IceServers["servers"]> {
    this.renew();
    if (!this.known && this.asking !== null) await this.soon(this.asking);
    return this.servers;
  }

  /** The servers in hand for a restart, or none where there were many. */
  forRestart(): IceServers["servers"] {
    const now = this.env.now();
    if (now < this.restartsSpentUntil) return [];
    const unspent = now - (RESTARTS_IN_A_ROW - 1) * RESTART_EVERY_MS;
    this.restartsSpentUntil = Math.max(this.restartsSpentUntil, unspent) + RESTART_EVERY_MS;
    return this.servers;
  }

  /** Ask for fresh credentials if it is time; call often. */
  renew(): void {
    if (this.asking !== null || this.env.now() < this.renewAt) return;
    const askedAt = this.env.now();
    this.asking = this.ask().then(
      (answer) => this.take(answer, askedAt),
      () => {
        this.renewAt = this.env.now() + ASK_AGAIN_MS;
      },
    );
    void this.asking.then(() => {
      this.asking = null;
    });
  }

  private soon(asking: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.env.after(FIRST_WITHIN_MS, resolve);
      void asking.then(() => {
        cancel();
        resolve();
      });
    });
  }

  private take({ servers, lifetime_s }: IceServers, askedAt: number): void {
    this.servers = servers;
    this.known = true;
    const renewable = servers.length > 0;
    this.renewAt = renewable ? askedAt + lifetime_s * 1000 * RENEW_AT : Number.POSITIVE_INFINITY;
  }
}
