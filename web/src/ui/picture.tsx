import type { ComponentChildren, HTMLAttributes } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Playback } from "./playback";

interface PictureProps extends Omit<HTMLAttributes<HTMLVideoElement>, "track"> {
  track: MediaStreamTrack | null;
  /** One's own picture is shown as in a mirror, and never with sound. */
  mirrored?: boolean;
  "data-testid"?: string;
}

/** A camera's picture without sound; sound has its own element (`Sound`). */
export function Picture({ track, mirrored, class: extra, ...rest }: PictureProps) {
  const element = useRef<HTMLVideoElement>(null);
  useTrack(element, track, playSilently);
  const classes = [mirrored && "mirrored", extra].filter(Boolean).join(" ");
  return <video {...rest} ref={element} class={classes} autoplay playsInline muted />;
}

interface SoundProps {
  track: MediaStreamTrack | null;
  /** `deviceId` of the loudspeaker; empty for the browser's own choice. */
  speaker?: string;
  /** What the page captures, in any form; sound that was refused is tried again when it changes. */
  capturing: unknown;
  /** The browser wants a click before it plays: what to show until then, with a button for it. */
  blocked: (play: () => void) => ComponentChildren;
  "data-testid"?: string;
}

/** Plays a sound on the chosen loudspeaker. */
export function Sound({ track, speaker = "", capturing, blocked, ...rest }: SoundProps) {
  const element = useRef<HTMLAudioElement>(null);
  const playback = useRef<Playback | null>(null);
  const [isBlocked, setBlocked] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    playback.current = new Playback(element.current, setBlocked);
    return () => playback.current?.stop();
  }, []);
  useTrack(element, track, () => void playback.current?.play());
  useEffect(() => playback.current?.handleCapture(), [capturing]);
  useEffect(() => {
    // Firefox and Safari may lack it; then the system's choice stays in force.
    void element.current?.setSinkId?.(speaker).catch(() => undefined);
  }, [speaker]);
  return (
    <>
      <audio {...rest} ref={element} autoplay />
      {isBlocked && track && blocked(() => void playback.current?.play())}
    </>
  );
}

/** Give the element its track; `onStart` plays it. */
function useTrack(
  element: { readonly current: HTMLMediaElement | null },
  track: MediaStreamTrack | null,
  onStart: (media: HTMLMediaElement) => void,
): void {
  const stream = useMemo(() => (track ? new MediaStream([track]) : null), [track]);
  useEffect(() => {
    const media = element.current;
    if (!media) return;
    media.srcObject = stream;
    if (stream) onStart(media);
  }, [stream]);
}

/** A picture without sound is never refused; a newer one may come before this one plays. */
function playSilently(media: HTMLMediaElement): void {
  media.play().catch(() => undefined);
}

/** A frame around a picture, with what is said over it or in its place. */
export function PictureFrame(props: { class?: string; children: ComponentChildren }) {
  return <div class={["picture", props.class].filter(Boolean).join(" ")}>{props.children}</div>;
}
