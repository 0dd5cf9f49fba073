import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { Face, firstName, RemotePicture, useLasting } from "../../ui";
import { isPaused } from "../other-side";
import { callState, remotePicture, remoteScreen } from "../state/place";

/** A camera that is on may be without a packet for this long before we say so, in milliseconds. */
const GONE_MS = 4_000;

interface PatientPictureProps {
  session: Session;
  contact: boolean;
  dimmed: boolean;
}

/**
 * The patient's picture, filling the screen, or beside the screen that the patient shows; the last
 * one stays, dimmed, while a line is lost. A screen that may not be shown is not, whatever comes.
 */
export function PatientPicture({ session, contact, dimmed }: PatientPictureProps) {
  const [moving, setMoving] = useState(false);
  const gone = useNoPicture(session);
  const name = firstName(session.patient_name);
  const quiet = session.sound_first;
  const allowed = session.setting.screen && !quiet;
  const screen = contact && moving && allowed && remoteScreen.value !== null;
  const empty = (quiet || (gone && !screen)) && contact && !dimmed;
  return (
    <>
      <RemotePicture
        class={screen ? "aside" : "filling"}
        track={remotePicture.value}
        frozen={dimmed}
        hidden={!contact || quiet || (screen && gone)}
        testid="remote-video"
      />
      {remoteScreen.value && allowed && (
        <div
          class={screen ? "shared shown" : "shared"}
          role="img"
          aria-label={t("share.screen_of", { name })}
        >
          <RemotePicture
            class="fitting"
            track={remoteScreen.value}
            frozen={false}
            testid="remote-screen"
            onLive={setMoving}
          />
        </div>
      )}
      {empty && (
        <div class="remote-empty">
          <Face name={session.patient_name} size="large" />
          <p>{emptyWords(session, name, quiet)}</p>
        </div>
      )}
    </>
  );
}

function emptyWords(session: Session, name: string, quiet: boolean): string {
  if (quiet) return t("sound.first");
  const paused = isPaused(session, callState.value?.otherPaused ?? false);
  return t(paused ? "room.paused" : "room.no_picture", { name });
}

/** At once when the camera is off; otherwise only after a while, as a reload takes a moment. */
function useNoPicture({ patient_devices, patient_proof }: Session): boolean {
  const camera = patient_devices?.camera ?? "unknown";
  const off = camera === "off" || camera === "denied" || camera === "missing" || camera === "busy";
  const age = patient_proof?.seen_age_ms ?? Number.POSITIVE_INFINITY;
  const gone = useLasting(age > GONE_MS, GONE_MS);
  return off || gone;
}
