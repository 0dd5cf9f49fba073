import { signal } from "@preact/signals";
import { t } from "../../i18n/patient";
import { browserKind, inAppBrowser } from "../../lib/browser";
import type { Refusal } from "../../lib/device-access";
import { Button, Foldable, Note } from "../../ui";
import type { VisitFlow } from "../visit";
import { allowKey, deviceTrouble, type Trouble } from "../words";
import { CopyLink } from "./obstacle";

/** The trouble whose note was folded away, on whichever page; another one shows. */
const foldedAway = signal<string | null>(null);

/** What is wrong with microphone or camera, what to do in this very browser, and "Try again". */
export function DeviceHelp({ flow }: { flow: Pick<VisitFlow, "devices" | "linkInAddress"> }) {
  const { microphone, camera, refusal } = flow.devices.state.value;
  const trouble = deviceTrouble({ microphone, camera });
  if (!trouble) return null;
  const about = `${trouble.failure} ${trouble.what}`;
  const folded = foldedAway.value === about;
  const elsewhere = trouble.failure === "denied" && insideApp() && flow.linkInAddress;
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
          <strong>{t(`${trouble.failure}_${trouble.what}`)}</strong> {helpText(trouble, refusal)}
          {soundOnly && ` ${t("sound_only")}`}
        </Note>
        <Button data-testid="devices-retry" onClick={() => flow.devices.ask(failed(trouble))}>
          {t("try_again")}
        </Button>
        {elsewhere && <CopyLink kind="plain" />}
      </div>
    </Foldable>
  );
}

function failed({ what }: Trouble): readonly ("microphone" | "camera")[] {
  return what === "both" ? ["microphone", "camera"] : [what];
}

function insideApp(): boolean {
  return inAppBrowser(navigator.userAgent) !== null;
}

function helpText({ failure, what }: Trouble, refusal: Refusal): string {
  if (failure === "busy") return t("busy_help");
  if (failure === "missing") return what === "both" ? t("missing_help") : "";
  const kind = browserKind(navigator.userAgent, navigator.maxTouchPoints);
  return t(allowKey(kind, refusal, insideApp()));
}
