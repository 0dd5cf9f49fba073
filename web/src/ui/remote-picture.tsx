import { useEffect, useRef } from "preact/hooks";
import { fitsWhole } from "./fit";
import { Picture } from "./picture";
import { PictureWatch } from "./picture-watch";

const COUNT_EVERY_MS = 250;
/** The kept picture is dimmed and blurred: a small copy is enough. */
const KEPT_WIDTH = 480;

interface RemotePictureProps {
  track: MediaStreamTrack | null;
  /** Show the kept picture, dimmed: the line is being brought back. */
  frozen: boolean;
  class: string;
  hidden?: boolean;
  testid: string;
  /** Called when pictures begin to arrive and when they stop. */
  onLive?: (live: boolean) => void;
}

/**
 * The other side's picture, with the last one kept: never black while a line comes back.
 *
 * Every quarter of a second it counts the frames and keeps a small copy, since a new connection's
 * first frame comes long after the old connection's last.
 */
export function RemotePicture(props: RemotePictureProps) {
  const { track, frozen, onLive } = props;
  const frame = useRef<HTMLDivElement>(null);
  const kept = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const video = frame.current?.querySelector("video");
    if (!video) return;
    const watch = new PictureWatch();
    let before: boolean | null = null;
    let seen = 0;
    const timer = setInterval(() => {
      const frames = video.getVideoPlaybackQuality().totalVideoFrames;
      const visible = document.visibilityState === "visible";
      // A track that ended or went mute paints one last black frame: neither count nor keep it.
      const flows = track?.readyState === "live" && !track.muted;
      const live = flows && watch.update(frames, visible, performance.now());
      if (flows && frames > seen && kept.current) keep(video, kept.current);
      if (flows) frame.current?.classList.toggle("whole", fitsWhole(video, frame.current));
      seen = frames;
      if (live !== before) onLive?.(live);
      before = live;
    }, COUNT_EVERY_MS);
    return () => clearInterval(timer);
  }, [track]);
  return (
    <div ref={frame} class={`remote ${props.class}`} hidden={props.hidden}>
      <Picture track={track} data-testid={props.testid} />
      <canvas ref={kept} class={frozen ? "kept shown" : "kept"} />
    </div>
  );
}

function keep(video: HTMLVideoElement, canvas: HTMLCanvasElement): void {
  if (video.videoWidth === 0) return;
  canvas.width = KEPT_WIDTH;
  canvas.height = Math.round((KEPT_WIDTH * video.videoHeight) / video.videoWidth);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
}
