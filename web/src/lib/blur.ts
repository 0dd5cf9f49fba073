/**
 * Blur of the background, where the browser does it by itself (`backgroundBlur`): no download, and
 * the picture leaves the device blurred. TypeScript does not know the constraint yet.
 */

type Blurring = { backgroundBlur?: boolean };
type BlurCapability = { backgroundBlur?: boolean[] };

/** Whether this camera's picture is blurred; null where the page can not choose. */
export function blurOf(track: MediaStreamTrack | null): boolean | null {
  if (!track) return null;
  const choices = (track.getCapabilities?.() as BlurCapability | undefined)?.backgroundBlur ?? [];
  if (!choices.includes(true) || !choices.includes(false)) return null;
  return (track.getSettings() as Blurring).backgroundBlur ?? false;
}

/** Blur or not; stays as it is where the browser refuses. */
export async function setBlur(track: MediaStreamTrack, on: boolean): Promise<void> {
  await track
    .applyConstraints({ advanced: [{ backgroundBlur: on } as MediaTrackConstraintSet] })
    .catch(() => undefined);
}
