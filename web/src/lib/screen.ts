/**
 * Showing one's screen, or a window of it: the browser asks which.
 *
 * It ends by our button, by the browser's own bar, or with the session that it was shown in.
 */

/** The part of the browser that is used; phones lack it. */
export type DisplayMedia = Partial<Pick<MediaDevices, "getDisplayMedia">> | undefined;

/** Text changes seldom and must be sharp: pictures a second. */
const MOST_FRAMES_PER_S = 15;

export type ScreenHandlers = {
  /** Send this, or nothing. */
  send(track: MediaStreamTrack | null): void;
  onChange(track: MediaStreamTrack | null): void;
};

export function canShowScreen(media: DisplayMedia = globalThis.navigator?.mediaDevices): boolean {
  return typeof media?.getDisplayMedia === "function";
}

export class Screen {
  private track: MediaStreamTrack | null = null;
  private closed = false;

  constructor(
    private readonly handlers: ScreenHandlers,
    private readonly media: () => DisplayMedia = () => navigator.mediaDevices,
  ) {}

  /** Ask which and show it, in place of one that is shown already. Call inside a click. */
  async show(): Promise<void> {
    const stream = await this.media()
      ?.getDisplayMedia?.({ video: { frameRate: { max: MOST_FRAMES_PER_S } }, audio: false })
      .catch(() => null); // none was chosen
    const track = stream?.getVideoTracks()[0];
    // Who is in another session by now does not show it there.
    if (!track || this.closed) return track?.stop();
    this.track?.stop();
    track.contentHint = "detail";
    track.addEventListener("ended", () => {
      if (this.track === track) this.stop();
    });
    this.set(track);
  }

  stop(): void {
    const { track } = this;
    if (!track) return;
    track.stop();
    this.set(null);
  }

  /** Stop, and show nothing that is still being chosen. */
  close(): void {
    this.closed = true;
    this.stop();
  }

  private set(track: MediaStreamTrack | null): void {
    this.track = track;
    this.handlers.onChange(track);
    this.handlers.send(track);
  }
}
