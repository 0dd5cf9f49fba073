import { signal } from "@preact/signals";
import { t } from "../../i18n/patient";
import { browserKind } from "../../lib/browser";
import { Button, Foldable, Note } from "../../ui";
import type { VisitFlow } from "../visit";
import { allowKey, deviceTrouble, type Trouble } from "../words";

/** The trouble whose note was folded away, on whichever page; another one shows. */
const foldedAway = signal<string | null>(null);

/** What is wrong with microphone or camera, what to do in this very browser, and "Try again". */
export function DeviceHelp({ flow }: { flow: VisitFlow }) {
  const { microphone, camera } = flow.devices.value;
  const trouble = deviceTrouble({ microphone, camera });
  if (!trouble) return null;
  const about = `${trouble.failure} ${trouble.what}`;
  const folded = foldedAway.value === about;
  const soundOnly = trouble.what === "camera" && trouble.failure !== "busy";
  return (
    <Foldable
      folded={folded}
      label={t(folded ? "note_unfold" : "note_fold")}
      onFold={(fold) => {
        foldedAway.value = fold ? about : null;
      }}
    >
      <div class="device-help" data-testid={`devices-${trouble.failure}`}>
        <Note trouble>
          <strong>{t(`${trouble.failure}_${trouble.what}`)}</strong> {helpText(trouble)}
          {soundOnly && ` ${t("sound_only")}`}
        </Note>
        <Button data-testid="devices-retry" onClick={() => flow.askDevices(failed(trouble))}>
          {t("try_again")}
        </Button>
      </div>
    </Foldable>
  );
}

function failed({ what }: Trouble): readonly ("microphone" | "camera")[] {
  return what === "both" ? ["microphone", "camera"] : [what];
}

function helpText({ failure, what }: Trouble): string {
  if (failure === "busy") return t("busy_help");
  if (failure === "missing") return what === "both" ? t("missing_help") : "";
  return t(allowKey(browserKind(navigator.userAgent, navigator.maxTouchPoints)));
}
