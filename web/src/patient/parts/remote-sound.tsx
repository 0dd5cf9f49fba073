import { useMemo, useState } from "preact/hooks";
import { t } from "../../i18n/patient";
import { Button, Sound } from "../../ui";
import { silence } from "../sound";
import type { VisitFlow } from "../visit";

/**
 * The therapist's voice. One element from the first page to the last: it was unlocked by the click
 * on "Continue"; a browser that still refuses gets one button.
 */
export function RemoteSound({ flow }: { flow: VisitFlow }) {
  const [play, setPlay] = useState<(() => void) | null>(null);
  const track = flow.call.value.remote.audio;
  const voice = useMemo(() => (track ? new MediaStream([track]) : null), [track]);
  return (
    <>
      <Sound
        stream={voice ?? silence.value}
        speaker={flow.devices.value.chosen.speaker ?? ""}
        onBlocked={(start) => setPlay(() => start)}
        data-testid="patient-remote-audio"
      />
      {play && flow.stage.value === "inside" && (
        <div class="sound-blocked">
          <Button
            kind="primary"
            size="big"
            onClick={() => {
              play();
              setPlay(null);
            }}
          >
            {t("turn_on_sound")}
          </Button>
        </div>
      )}
    </>
  );
}
