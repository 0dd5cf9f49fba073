/**
 * When the bell rings. Pure: state and time in, decisions out.
 *
 * It rings when somebody arrives and every 20 s until the therapist has seen it. Seen means that
 * the page is in front and shows Home or that very session. A patient whom the therapist has sent
 * back to the waiting room was seen already. Nothing sounds while the therapist is in contact with
 * somebody, who would hear it too.
 */
import type { Session } from "../lib/types";

export const RING_EVERY_MS = 20_000;

export interface BellInput {
  readonly waiting: readonly Session[];
  /** Whether this session is before the therapist's eyes now. */
  readonly sees: (session: Session) => boolean;
  readonly muted: boolean;
  readonly inContact: boolean;
  /** Monotonic, in milliseconds. */
  readonly now: number;
}

export interface BellDecision {
  readonly ring: boolean;
  /** Whoever is new since the last step. */
  readonly arrived: readonly Session[];
  /** When to step again although nothing changes; null when there is nothing to repeat. */
  readonly nextAt: number | null;
}

interface Wait {
  seen: boolean;
  rungAt: number | null;
}

export class Bell {
  private waits = new Map<string, Wait>();

  /** Take the waiting room as it is now. */
  step(input: BellInput): BellDecision {
    const arrived = input.waiting.filter((session) => !this.waits.has(waitKey(session)));
    this.waits = new Map(
      input.waiting.map((session) => [waitKey(session), this.waitOf(session, input)]),
    );
    const unseen = [...this.waits.values()].filter((wait) => !wait.seen);
    const silent = input.muted || input.inContact;
    const fresh = arrived.some((session) => session.state !== "held");
    const ring = !silent && (fresh || unseen.some((wait) => isDue(wait, input.now)));
    if (ring) for (const wait of unseen) wait.rungAt = input.now;
    return { ring, arrived, nextAt: silent ? null : nextRing(unseen, input.now) };
  }

  private waitOf(session: Session, input: BellInput): Wait {
    const before = this.waits.get(waitKey(session)) ?? { seen: false, rungAt: null };
    return { ...before, seen: before.seen || session.state === "held" || input.sees(session) };
  }
}

/** One wait: the same session later is another wait. */
function waitKey(session: Session): string {
  return `${session.id} ${session.waiting_since ?? ""}`;
}

function isDue(wait: Wait, now: number): boolean {
  return wait.rungAt === null || now - wait.rungAt >= RING_EVERY_MS;
}

function nextRing(unseen: readonly Wait[], now: number): number | null {
  if (unseen.length === 0) return null;
  return Math.min(...unseen.map((wait) => (wait.rungAt ?? now) + RING_EVERY_MS));
}
