import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { Face, firstName, Picture } from "../../ui";
import { remoteVideo } from "../state/place";

/** A camera that is on may be without a packet for this long before we say so, in milliseconds. */
const GONE_MS = 4_000;

interface RemotePictureProps {
  session: Session;
  contact: boolean;
  dimmed: boolean;
}

/** The patient's picture, filling the screen; the last one stays, dimmed, while a line is lost. */
export function RemotePicture({ session, contact, dimmed }: RemotePictureProps) {
  const frame = useRef<HTMLDivElement>(null);
  const still = useRef<HTMLCanvasElement>(null);
  const [upright, setUpright] = useState(false);
  const empty = useNoPicture(session) && contact && !dimmed;
  useEffect(() => {
    const video = frame.current?.querySelector("video");
    if (dimmed && video && still.current) keepPicture(video, still.current);
  }, [dimmed]);
  const classes = ["remote", dimmed && "dimmed", upright && "upright"].filter(Boolean).join(" ");
  return (
    <div class={classes} ref={frame} hidden={!contact}>
      <Picture
        stream={remoteVideo.value}
        data-testid="remote-video"
        onResize={({ currentTarget: video }) => setUpright(video.videoHeight > video.videoWidth)}
      />
      <canvas ref={still} class="still" hidden={!dimmed} />
      {empty && (
        <div class="remote-empty">
          <Face name={session.patient_name} size="large" />
          <p>{t("room.no_picture", { name: firstName(session.patient_name) })}</p>
        </div>
      )}
    </div>
  );
}

/** At once when the camera is off; otherwise only after a while, as a reload takes a moment. */
function useNoPicture({ patient_devices, patient_proof }: Session): boolean {
  const camera = patient_devices?.camera ?? "unknown";
  const off = camera === "off" || camera === "denied" || camera === "missing" || camera === "busy";
  const age = patient_proof?.seen_age_ms ?? Number.POSITIVE_INFINITY;
  const missing = age > GONE_MS;
  const [gone, setGone] = useState(false);
  useEffect(() => {
    if (!missing) return setGone(false);
    const timer = setTimeout(() => setGone(true), GONE_MS);
    return () => clearTimeout(timer);
  }, [missing]);
  return off || gone;
}

/** A new connection begins with a black picture, so the last one is kept aside. */
function keepPicture(video: HTMLVideoElement, canvas: HTMLCanvasElement): void {
  if (video.videoWidth === 0) return;
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
}
