/**
 * Remote tracks pass from a dead line to a new one, each when its first packet has come.
 *
 * A new track shows black until then, while the old one still shows its last picture; so the old
 * connection has to stay until this is done.
 */
import type { Environment } from "./environment";
import { SLOTS, type Slot } from "./types";

export type RemoteTracks = Record<Slot, MediaStreamTrack | null>;

/** A camera may be off, so no slot is waited for longer than this, in milliseconds. */
const WITHIN_MS = 3_000;

export type HandoverHandlers = {
  /** Called at most once for each slot, at once where nothing has to be waited for. */
  onTrack(slot: Slot, track: MediaStreamTrack | null): void;
  /** The old tracks are needed no more. Called once. */
  onEnd(): void;
};

export class Handover {
  private readonly waiting = new Set<Slot>(SLOTS);
  private readonly stopTimer: () => void;
  private ended = false;

  /**
   * @param shown The tracks that the page shows now.
   * @param after Those of the new line.
   */
  constructor(
    shown: RemoteTracks,
    private readonly after: RemoteTracks,
    env: Environment,
    private readonly handlers: HandoverHandlers,
  ) {
    this.stopTimer = env.after(WITHIN_MS, () => this.passAll());
    for (const slot of SLOTS) {
      const track = after[slot];
      if (!track?.muted || shown[slot] === null) this.pass(slot);
      else track.addEventListener("unmute", () => this.pass(slot), { once: true });
    }
  }

  /** Wait no longer; slots that have not passed stay as they are. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.stopTimer();
    this.handlers.onEnd();
  }

  private passAll(): void {
    for (const slot of SLOTS) this.pass(slot);
  }

  private pass(slot: Slot): void {
    if (this.ended || !this.waiting.delete(slot)) return;
    this.handlers.onTrack(slot, this.after[slot]);
    if (this.waiting.size === 0) this.end();
  }
}
