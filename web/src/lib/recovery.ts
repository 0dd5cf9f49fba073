/**
 * What to do, and when, while a page has no living line to a media node. Pure; milliseconds.
 *
 * Two ways back run side by side. ICE restarts on the peer there is need no server, so they bring
 * back a network that went away or changed even while control is away. An offer makes the node
 * drop that peer at once, so it is the way out of a dead node only: it is made once control was
 * reached and restarts had a fair chance since. What is reached is asked by small requests with a
 * time limit of their own; an offer itself, stuck in a dead network, would arrive late and cut off
 * the very peer that had just come back.
 */
import { reconnectDelay } from "./backoff";

export type Step =
  /** Restart ICE on the newest peer that the node knows. */
  | "restart"
  /** Ask whether control can be reached, then say `reached` or `unreached`. */
  | "check"
  /** Post an offer of a new peer, then say `answered` or `refused`. */
  | "offer";

/** A restart that works takes 0.3 s; one whose network was not there yet has to be repeated. */
const RESTART_EVERY_MS = 2_000;
/** The device may say several times within an instant that its network changed. */
const HINT_EVERY_MS = 300;
const CHECK_EVERY_MS = 1_000;
/**
 * With the network up, restarts for so long without success put the node in doubt: two people
 * shall see each other on another node within 5 s. Where the network was away, its return has to
 * reach the restart's checks first.
 */
const FAIR_CHANCE_MS = 1_200;
/**
 * Control that answers so soon was never away: the node is dead, or this network has begun to block
 * UDP, which no restart gets around in time. Chromium 156 sends over TCP 3.9 s after UDP was blocked,
 * since it trusts the old path for 2.5 s; a new peer is there in 0.4 s.
 */
const PROMPT_MS = 400;
const PROMPT_CHANCE_MS = 700;
/** A peer that the node has just answered is given up after so long. */
const GIVE_UP_MS = 15_000;
/** Through the grace of a reload, two minutes, the page asks at least this often; then seldom. */
const ASK_EVERY_MS = 1_000;
const EAGER_ATTEMPTS = 120;

/** One outage, or the first connection, from its beginning to the first echo. */
export class Recovery {
  private offering = false;
  private patienceMs = FAIR_CHANCE_MS;
  /** Since when a restart could have worked, as far as we know. */
  private fairSince: number;
  private restartedAt = Number.NEGATIVE_INFINITY;
  private checkedAt = Number.NEGATIVE_INFINITY;
  private reachedAt: number | null = null;
  private offerAfter = 0;
  private attempt = 0;

  /** @param restartable Whether the node may still know our newest peer. */
  constructor(
    private readonly since: number,
    private restartable: boolean,
  ) {
    this.fairSince = since;
  }

  /** A first connection offers at once: the page has just come from control. */
  static first(now: number): Recovery {
    const recovery = new Recovery(now, false);
    recovery.reachedAt = recovery.checkedAt = now;
    return recovery;
  }

  /** What is due now; each step is given once, and counts as taken. */
  due(now: number): Step[] {
    const steps: Step[] = [];
    if (this.restartable && now - this.restartedAt >= RESTART_EVERY_MS) {
      this.restartedAt = now;
      steps.push("restart");
    }
    if (now - this.checkedAt >= CHECK_EVERY_MS) {
      this.checkedAt = now;
      steps.push("check");
    }
    if (this.mayOffer(now)) {
      this.offering = true;
      steps.push("offer");
    }
    return steps;
  }

  /** Control answered a check. */
  reached(now: number): void {
    if (this.reachedAt === null) {
      const neverAway = now - this.since < PROMPT_MS && this.fairSince === this.since;
      if (neverAway) this.patienceMs = PROMPT_CHANCE_MS;
      else this.fairSince = Math.max(this.fairSince, now);
    }
    this.reachedAt = now;
  }

  /** The check that began at `askedAt` brought nothing. */
  unreached(askedAt: number): void {
    if (this.reachedAt !== null && askedAt > this.reachedAt) this.reachedAt = null;
  }

  /** ICE came up: the node lives and knows the peer, so the first echo is waited for. */
  iceUp(now: number): void {
    this.fairSince = now;
    this.patienceMs = Math.max(this.patienceMs, FAIR_CHANCE_MS);
  }

  /** The newest peer is gone for good. */
  lost(): void {
    this.restartable = false;
  }

  /** The node answered an offer: from now on the new peer is the one it knows. */
  answered(now: number): void {
    this.offering = false;
    this.restartable = true;
    this.patienceMs = GIVE_UP_MS;
    this.fairSince = this.restartedAt = now;
  }

  /** An offer brought nothing; `random` from 0 to below 1 spreads the next ones. */
  refused(now: number, random: number): void {
    this.offering = false;
    const delay = reconnectDelay(this.attempt++, random);
    const eager = this.attempt < EAGER_ATTEMPTS;
    this.offerAfter = now + (eager ? Math.min(delay, ASK_EVERY_MS) : delay);
  }

  /** The device speaks of a network, or the page came into view: wait for nothing. */
  hint(now: number): void {
    if (now - this.restartedAt >= HINT_EVERY_MS) this.restartedAt = Number.NEGATIVE_INFINITY;
    if (now - this.checkedAt >= HINT_EVERY_MS) this.checkedAt = Number.NEGATIVE_INFINITY;
    this.offerAfter = now;
  }

  private mayOffer(now: number): boolean {
    if (this.offering || this.reachedAt === null || now < this.offerAfter) return false;
    return !this.restartable || now - this.fairSince >= this.patienceMs;
  }
}
