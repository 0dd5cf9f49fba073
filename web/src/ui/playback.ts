/**
 * Starts a media element, and again when a browser that refused may have changed its mind.
 *
 * Browsers play sound only after a gesture or while the page captures (HTML, "allowed to play").
 * A page that was reloaded has neither until its devices are open, which may take seconds.
 */

/** Events by which browsers count a person as active (HTML, "activation triggering input event"). */
const GESTURES = ["pointerdown", "pointerup", "touchend", "keydown", "click"] as const;

type Page = Pick<EventTarget, "addEventListener" | "removeEventListener">;

export class Playback {
  private underWay = false;
  private askedMeanwhile = false;
  private blocked = false;
  private stopped = false;
  private readonly retry = () => void this.play();

  /**
   * @param onBlocked Called with true when the browser refuses, with false when it plays again.
   */
  constructor(
    private readonly media: Pick<HTMLMediaElement, "play">,
    private readonly onBlocked: (blocked: boolean) => void,
    private readonly page: Page = document,
  ) {}

  /** Play, now or after the try that is under way. */
  async play(): Promise<void> {
    if (this.stopped) return;
    if (this.underWay) {
      this.askedMeanwhile = true;
      return;
    }
    this.underWay = true;
    const refused = await this.isRefused();
    this.underWay = false;
    if (this.stopped) return;
    if (this.askedMeanwhile) {
      this.askedMeanwhile = false;
      if (refused !== false) return this.play();
    }
    if (refused !== null) this.setBlocked(refused);
  }

  /** The page started to capture: what was refused before may be allowed now. */
  handleCapture(): void {
    if (this.blocked || this.underWay) void this.play();
  }

  stop(): void {
    this.stopped = true;
    this.listen(false);
  }

  /** Null when it failed for another reason: a newer source was set meanwhile. */
  private async isRefused(): Promise<boolean | null> {
    try {
      await this.media.play();
      return false;
    } catch (error) {
      return error instanceof DOMException && error.name === "NotAllowedError" ? true : null;
    }
  }

  private setBlocked(blocked: boolean): void {
    if (blocked === this.blocked) return;
    this.blocked = blocked;
    this.listen(blocked);
    this.onBlocked(blocked);
  }

  private listen(on: boolean): void {
    for (const gesture of GESTURES) {
      if (on) this.page.addEventListener(gesture, this.retry, { capture: true });
      else this.page.removeEventListener(gesture, this.retry, { capture: true });
    }
  }
}
