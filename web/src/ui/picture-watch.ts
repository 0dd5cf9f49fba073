/** Whether pictures arrive, by counting them. Pure; times in milliseconds. */

/** A picture this old stands still. Long enough for a line that stutters. */
const STILL_AFTER_MS = 2_500;

export class PictureWatch {
  private frames = 0;
  private movedAt: number | null = null;

  /**
   * Take the count of frames shown; true while pictures arrive.
   *
   * @param visible A hidden page shows no frames: what was true when it was hidden stays true.
   */
  update(frames: number, visible: boolean, now: number): boolean {
    if (frames !== this.frames) {
      this.frames = frames;
      this.movedAt = frames > 0 ? now : null;
    } else if (!visible && this.movedAt !== null) {
      this.movedAt = now;
    }
    return this.movedAt !== null && now - this.movedAt < STILL_AFTER_MS;
  }
}
