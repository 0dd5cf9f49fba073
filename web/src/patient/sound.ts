/** The page's one loudspeaker: its own sounds, and the silence that unlocks the therapist's. */
import { signal } from "@preact/signals";
import { Sounds } from "../lib/sounds";

export const sounds = new Sounds();

/** Played within the click on "Continue", so that the same element may play the call later. */
export const silence = signal<MediaStreamTrack | null>(null);

export function unlockSound(): void {
  try {
    silence.value = sounds.silence().getAudioTracks()[0] ?? null;
  } catch {
    // A browser without Web Audio: only the ring and the test tone are missing.
  }
}
