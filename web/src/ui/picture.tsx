import type { ComponentChildren, HTMLAttributes } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface PictureProps extends Omit<HTMLAttributes<HTMLVideoElement>, "stream"> {
  stream: MediaStream | null;
  /** One's own picture is shown as in a mirror, and never with sound. */
  mirrored?: boolean;
  "data-testid"?: string;
}

/** A camera's picture without sound; sound has its own element (`Sound`). */
export function Picture({ stream, mirrored, class: extra, ...rest }: PictureProps) {
  const element = useRef<HTMLVideoElement>(null);
  useStream(element, stream);
  const classes = [mirrored && "mirrored", extra].filter(Boolean).join(" ");
  return <video {...rest} ref={element} class={classes} autoplay playsInline muted />;
}

interface SoundProps {
  stream: MediaStream | null;
  /** `deviceId` of the loudspeaker; empty for the browser's own choice. */
  speaker?: string;
  /** The browser wants a click before it plays; show a button that calls `play`. */
  onBlocked?: (play: () => void) => void;
  "data-testid"?: string;
}

/** Plays the sound of a stream on the chosen loudspeaker. */
export function Sound({ stream, speaker = "", onBlocked, ...rest }: SoundProps) {
  const element = useRef<HTMLAudioElement>(null);
  useStream(element, stream, onBlocked);
  useEffect(() => {
    // Firefox and Safari may lack it; then the system's choice stays in force.
    void element.current?.setSinkId?.(speaker).catch(() => undefined);
  }, [speaker]);
  return <audio {...rest} ref={element} autoplay />;
}

function useStream(
  element: { readonly current: HTMLMediaElement | null },
  stream: MediaStream | null,
  onBlocked?: (play: () => void) => void,
): void {
  useEffect(() => {
    const media = element.current;
    if (!media || media.srcObject === stream) return;
    media.srcObject = stream;
    if (stream) void start(media, onBlocked);
  }, [stream]);
}

async function start(
  media: HTMLMediaElement,
  onBlocked?: (play: () => void) => void,
): Promise<void> {
  try {
    await media.play();
  } catch (error) {
    const blocked = error instanceof DOMException && error.name === "NotAllowedError";
    if (blocked) onBlocked?.(() => void media.play().catch(() => undefined));
  }
}

/** A frame around a picture, with what is said over it or in its place. */
export function PictureFrame(props: { class?: string; children: ComponentChildren }) {
  return <div class={["picture", props.class].filter(Boolean).join(" ")}>{props.children}</div>;
}
