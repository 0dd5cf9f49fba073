/** Showing one's own screen in a visit, while the therapist lets. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { ScreenHandlers } from "../lib/screen";
import type { Showing, VisitTools } from "./visit-tools";

export class VisitScreen {
  /** One's own screen, while it is shown. */
  readonly track = signal<MediaStreamTrack | null>(null);

  private showing: Showing | null = null;

  constructor(
    private readonly tools: Pick<VisitTools, "newScreen">,
    /** In contact, and the setting lets. */
    readonly allowed: ReadonlySignal<boolean>,
  ) {
    allowed.subscribe((may) => !may && this.stop());
  }

  start({ send, onChange }: ScreenHandlers): void {
    this.showing = this.tools.newScreen({
      send,
      onChange: (track) => {
        this.track.value = track;
        onChange(track);
      },
    });
  }

  /** The browser asks which. */
  show(): void {
    if (this.allowed.value) void this.showing?.show();
  }

  stop(): void {
    this.showing?.stop();
  }

  /** Stop, and show nothing that is still being chosen. */
  close(): void {
    this.showing?.close();
    this.showing = null;
  }
}
