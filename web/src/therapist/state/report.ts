/** Tells control what this page sends, so that the patient's page can say it in words. */
import { effect, untracked } from "@preact/signals";
import type { SendReport, Session } from "../../lib/types";
import { api } from "../api";
import { callState, devicesState, ownWord, place, screenTrack } from "./place";

/**
 * Tell whenever control knows something else, and so also after it was restarted; returns the way
 * to stop. A failure is made up for by the next push, each second.
 */
export function tellWhatIsSent(): () => void {
  let telling = false;
  return effect(() => {
    const session = place.value;
    const report = sent();
    if (telling || !session || !report || isKnown(session, report)) return;
    telling = true;
    const done = () => {
      telling = false;
    };
    untracked(() => void api.tellDevices(session.id, report).then(done, done));
  });
}

/** null while this page has no connection of its own: another window may have it. */
function sent(): SendReport | null {
  const devices = devicesState.value;
  if (!devices || callState.value?.phase !== "connected") return null;
  const { microphone, camera } = devices;
  const screen = screenTrack.value !== null;
  return { microphone, camera, screen, hidden: false, ...ownWord.value };
}

function isKnown({ therapist_devices: known }: Session, report: SendReport): boolean {
  return (
    known !== null &&
    known.microphone === report.microphone &&
    known.camera === report.camera &&
    known.screen === report.screen &&
    known.speaker === report.speaker &&
    known.look === report.look
  );
}
