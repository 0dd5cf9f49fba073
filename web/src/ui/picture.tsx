import type { ComponentChildren, HTMLAttributes } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

interface PictureProps extends Omit<HTMLAttributes<HTMLVideoElement>, "track"> {
  track: MediaStreamTrack | null;
  /** One's own picture is shown as in a mirror, and never with sound. */
  mirrored?: boolean;
  "data-testid"?: string;
}

/** A camera's picture without sound; sound has its own element (`Sound`). */
export function Picture({ track, mirrored, class: extra, ...rest }: PictureProps) {
  const element = useRef<HTMLVideoElement>(null);
  useTrack(element, track);
  const classes = [mirrored && "mirrored", extra].filter(Boolean).join(" ");
  return <video {...rest} ref={element} class={classes} autoplay playsInline muted />;
}

interface SoundProps {
  track: MediaStreamTrack | null;
  /** `deviceId` of the loudspeaker; empty for the browser's own choice. */
  speaker?: string;
  /** The browser wants a click before it plays: what to show until then, with a button for it. */
  blocked: (play: () => void) => ComponentChildren;
  "data-testid"?: string;
}

/** Plays a sound on the chosen loudspeaker. */
export function Sound({ track, speaker = "", blocked, ...rest }: SoundProps) {
  const element = useRef<HTMLAudioElement>(null);
  const [isBlocked, setBlocked] = useState(false);
  useTrack(element, track, () => setBlocked(true));
  useEffect(() => {
    // Firefox and Safari may lack it; then the system's choice stays in force.
    void element.current?.setSinkId?.(speaker).catch(() => undefined);
  }, [speaker]);
  const play = () => {
    setBlocked(false);
    void element.current?.play().catch(() => undefined);
  };
  return (
    <>
      <audio {...rest} ref={element} autoplay />
      {isBlocked && blocked(play)}
    </>
  );
}

function useTrack(
  element: { readonly current: HTMLMediaElement | null },
  track: MediaStreamTrack | null,
  onBlocked?: () => void,
): void {
  const stream = useMemo(() => (track ? new MediaStream([track]) : null), [track]);
  useEffect(() => {
    const media = element.current;
    if (!media || media.srcObject === stream) return;
    media.srcObject = stream;
    if (stream) void start(media, onBlocked);
  }, [stream]);
}

async function start(media: HTMLMediaElement, onBlocked?: () => void): Promise<void> {
  try {
    await media.play();
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotAllowedError") onBlocked?.();
  }
}

/** A frame around a picture, with what is said over it or in its place. */
export function PictureFrame(props: { class?: string; children: ComponentChildren }) {
  return <div class={["picture", props.class].filter(Boolean).join(" ")}>{props.children}</div>;
}
