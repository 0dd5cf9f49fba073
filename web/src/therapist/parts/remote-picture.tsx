import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { Face, firstName, Picture } from "../../ui";
import { remoteVideo } from "../state/place";

/** Without a camera packet for this long there is no picture to show, in milliseconds. */
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
  useEffect(() => {
    const video = frame.current?.querySelector("video");
    if (dimmed && video && still.current) keepPicture(video, still.current);
  }, [dimmed]);
  const empty = contact && !dimmed && sendsNoPicture(session);
  return (
    <div class={dimmed ? "remote dimmed" : "remote"} ref={frame} hidden={!contact}>
      <Picture stream={remoteVideo.value} data-testid="remote-video" />
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

function sendsNoPicture({ patient_devices, patient_proof }: Session): boolean {
  const camera = patient_devices?.camera ?? "unknown";
  if (camera !== "on" && camera !== "unknown") return true;
  const age = patient_proof?.seen_age_ms;
  return patient_proof !== null && (age == null || age > GONE_MS);
}

/** A new connection begins with a black picture, so the last one is kept aside. */
function keepPicture(video: HTMLVideoElement, canvas: HTMLCanvasElement): void {
  if (video.videoWidth === 0) return;
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
}
