/**
 * What a page sees of its own camera's picture: that it moves, is black, or stands still.
 *
 * A few pixels of the picture are looked at here, every two seconds while the page is in front; one
 * word of it is told, marked as the page's. The media server decodes nothing, and judges by sizes.
 */
import type { Look } from "./types";

const WIDTH = 16;
const HEIGHT = 9;
const EVERY_MS = 2_000;
/** A covered sensor still makes some noise: brightness of 0 to 255, on average and at most. */
const BLACK_MEAN = 12;
const BLACK_MOST = 48;
/** A camera that starts is black for a moment. */
const BLACK_LOOKS = 2;
/** A still scene differs a little from look to look; a picture that stands does not: 10 s. */
const FROZEN_LOOKS = 5;

/** Judges one look after the other. Pure. */
export class LookJudge {
  private before: Uint8ClampedArray | null = null;
  private looks = 0;
  private same = 0;
  private dark = 0;

  /** @param pixels Red, green, blue and opacity of each, as a canvas gives them. */
  see(pixels: Uint8ClampedArray): Look {
    const { before } = this;
    const isSame = before?.every((value, at) => value === pixels[at]) ?? false;
    this.before = pixels;
    this.looks += 1;
    this.same = isSame ? this.same + 1 : 0;
    this.dark = isBlack(pixels) ? this.dark + 1 : 0;
    if (this.dark > 0) return this.dark >= BLACK_LOOKS ? "black" : "unknown";
    if (this.same >= FROZEN_LOOKS) return "frozen";
    return this.looks > this.same + 1 ? "moving" : "unknown";
  }
}

/** A few pixels of what a track shows now; null where that cannot be told. */
export interface Glance {
  pixels(): Uint8ClampedArray | null;
  stop(): void;
}

export class CameraLook {
  private judge = new LookJudge();
  private glance: Glance | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private said: Look = "unknown";

  constructor(
    private readonly onChange: (look: Look) => void,
    private readonly glanceAt: (track: MediaStreamTrack) => Glance = glanceOf,
  ) {}

  /** Look at another track from now on, or at none. */
  watch(track: MediaStreamTrack | null): void {
    this.glance?.stop();
    clearInterval(this.timer);
    this.judge = new LookJudge();
    this.glance = track && this.glanceAt(track);
    this.say("unknown");
    if (track) this.timer = setInterval(() => this.look(), EVERY_MS);
  }

  private look(): void {
    const pixels = this.glance?.pixels();
    if (pixels) this.say(this.judge.see(pixels));
  }

  private say(look: Look): void {
    if (look === this.said) return;
    this.said = look;
    this.onChange(look);
  }
}

function glanceOf(track: MediaStreamTrack): Glance {
  const video = document.createElement("video");
  video.muted = video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  void video.play().catch(() => undefined);
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return {
    pixels() {
      // A page in the background is shown no new pictures.
      const isShown = document.visibilityState === "visible" && video.readyState >= 2;
      if (!context || !isShown || track.muted || !track.enabled) return null;
      context.drawImage(video, 0, 0, WIDTH, HEIGHT);
      return context.getImageData(0, 0, WIDTH, HEIGHT).data;
    },
    stop() {
      video.srcObject = null;
    },
  };
}

function isBlack(pixels: Uint8ClampedArray): boolean {
  let sum = 0;
  let most = 0;
  for (let at = 0; at + 2 < pixels.length; at += 4) {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(at, at + 3);
    const brightness = 0.299 * red + 0.587 * green + 0.114 * blue;
    sum += brightness;
    most = Math.max(most, brightness);
  }
  return sum / (pixels.length / 4) <= BLACK_MEAN && most <= BLACK_MOST;
}
