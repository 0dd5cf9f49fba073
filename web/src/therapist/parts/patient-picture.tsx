import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { Face, firstName, RemotePicture, useLasting } from "../../ui";
import { callState, remotePicture } from "../state/place";

/** A camera that is on may be without a packet for this long before we say so, in milliseconds. */
const GONE_MS = 4_000;

interface PatientPictureProps {
  session: Session;
  contact: boolean;
  dimmed: boolean;
}

/** The patient's picture, filling the screen; the last one stays, dimmed, while a line is lost. */
export function PatientPicture({ session, contact, dimmed }: PatientPictureProps) {
  const empty = useNoPicture(session) && contact && !dimmed;
  const paused = isPaused(session, callState.value?.otherPaused ?? false);
  const name = firstName(session.patient_name);
  return (
    <>
      <RemotePicture
        class="filling"
        track={remotePicture.value}
        frozen={dimmed}
        hidden={!contact}
        testid="remote-video"
      />
      {empty && (
        <div class="remote-empty">
          <Face name={session.patient_name} size="large" />
          <p>{t(paused ? "room.paused" : "room.no_picture", { name })}</p>
        </div>
      )}
    </>
  );
}

/** A camera that is off sends nothing that could be paused. */
function isPaused({ patient_devices }: Session, paused: boolean): boolean {
  const camera = patient_devices?.camera ?? "unknown";
  return paused && (camera === "on" || camera === "unknown");
}

/** At once when the camera is off; otherwise only after a while, as a reload takes a moment. */
function useNoPicture({ patient_devices, patient_proof }: Session): boolean {
  const camera = patient_devices?.camera ?? "unknown";
  const off = camera === "off" || camera === "denied" || camera === "missing" || camera === "busy";
  const age = patient_proof?.seen_age_ms ?? Number.POSITIVE_INFINITY;
  const gone = useLasting(age > GONE_MS, GONE_MS);
  return off || gone;
}
