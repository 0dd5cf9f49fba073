import { expect, test } from "vitest";
import { blurOf, setBlur } from "./blur";

/** A camera whose system can blur, as Chromium tells of it. */
class Camera {
  on = false;
  constructor(private readonly choices?: boolean[]) {}
  getCapabilities = () => (this.choices ? { backgroundBlur: this.choices } : {});
  getSettings = () => ({ backgroundBlur: this.on });
  applyConstraints = async ({ advanced }: { advanced: { backgroundBlur: boolean }[] }) => {
    const wish = advanced[0]?.backgroundBlur ?? false;
    if (!this.choices?.includes(wish)) throw new DOMException("", "OverconstrainedError");
    this.on = wish;
  };
}
const track = (camera: Camera) => camera as unknown as MediaStreamTrack;

test("is a choice only where the browser leaves it to the page", () => {
  expect(blurOf(null)).toBeNull();
  expect(blurOf(track(new Camera()))).toBeNull();
  expect(blurOf(track(new Camera([true])))).toBeNull(); // the system has decided
  expect(blurOf({} as MediaStreamTrack)).toBeNull(); // Firefox before 132 lacks getCapabilities
  expect(blurOf(track(new Camera([false, true])))).toBe(false);
});

test("is switched on the track itself, and a refusal changes nothing", async () => {
  const camera = new Camera([false, true]);
  await setBlur(track(camera), true);
  expect(blurOf(track(camera))).toBe(true);
  const stubborn = new Camera([false]);
  await setBlur(track(stubborn), true);
  expect(stubborn.on).toBe(false);
});
