import { t } from "../../i18n/patient";
import { Button, Sound } from "../../ui";
import { silence } from "../sound";
import type { VisitFlow } from "../visit";

/**
 * The therapist's voice. One element from the first page to the last: it was unlocked by the click
 * on "Continue"; a browser that still refuses gets one button.
 */
export function RemoteSound({ flow }: { flow: VisitFlow }) {
  const { chosen, audioTrack, videoTrack } = flow.devices.state.value;
  return (
    <Sound
      track={flow.call.value.remote.audio ?? silence.value}
      speaker={chosen.speaker ?? ""}
      capturing={audioTrack ?? videoTrack}
      data-testid="patient-remote-audio"
      blocked={(play) =>
        flow.stage.value === "inside" && (
          <div class="sound-blocked">
            <Button kind="primary" size="big" onClick={play}>
              {t("turn_on_sound")}
            </Button>
          </div>
        )
      }
    />
  );
}
