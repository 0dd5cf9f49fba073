import { RefreshCw, Wifi } from "lucide-preact";
import { t } from "../../i18n/patient";
import { isRunning } from "../../lib/quality";
import { serverNow } from "../../lib/server-time";
import { Button } from "../../ui";
import type { VisitFlow } from "../visit";
import { connectionLine } from "../words";
import { ReportButtons, wordOf } from "./report-buttons";

/** One sentence on the patient's own line with what may help, and the way to check it again. */
export function ConnectionFact({ flow }: { flow: VisitFlow }) {
  const call = flow.call.value;
  const { camera } = flow.devices.state.value;
  const running = isRunning(call.check, serverNow());
  const line = connectionLine(call, camera, serverNow(), flow.devices.look.value);
  const { level, key, hint, relay } = line;
  const first = running && level === null;
  return (
    <div class="fact" data-testid="connection-line" data-level={level ?? "unknown"}>
      <Wifi aria-hidden="true" />
      <div class="grow">
        <p class={level ? `mark plain ${level}` : undefined} aria-live="polite">
          <span>
            {t(first ? "check_running" : key)}
            {relay && !first && ` ${t(relay)}`}
            {hint && <span class="soft"> {t(hint)}</span>}
          </span>
        </p>
        {running && !first && <p class="small soft">{t("check_running")}</p>}
        {call.phase === "connected" && call.check && !running && (
          <div class="line-actions">
            <Again flow={flow} />
            <ReportButtons call={call} line={line} word={wordOf(flow.devices)} />
          </div>
        )}
      </div>
    </div>
  );
}

/** An older node checks nothing, and has no button. */
function Again({ flow }: { flow: VisitFlow }) {
  const asked = flow.check.asked.value;
  return (
    <>
      <Button
        kind="quiet"
        size="compact"
        class="check-again"
        icon={RefreshCw}
        disabled={asked === "asking"}
        data-testid="check-again"
        onClick={() => void flow.check.again()}
      >
        {t("check_again")}
      </Button>
      {asked === "too_often" && (
        <p class="small soft" role="status">
          {t("check_often")}
        </p>
      )}
    </>
  );
}
