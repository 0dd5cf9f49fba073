import { Download } from "lucide-preact";
import { t } from "../../i18n/patient";
import type { CallState } from "../../lib/call";
import { saveFile } from "../../lib/save-file";
import { serverNow } from "../../lib/server-time";
import { Button } from "../../ui";
import { reportJson, reportText } from "../line-report";
import type { Line } from "../words";

/** What was measured of one's own line, as a file to keep. */
export function ReportButtons({ call, line }: { call: CallState; line: Line }) {
  const save = (text: string, type: string, ending: string) =>
    saveFile(new Blob([text], { type }), `${t("report_file")}.${ending}`);
  return (
    <p class="report-buttons">
      <Button
        kind="quiet"
        size="compact"
        icon={Download}
        data-testid="report"
        onClick={() => save(reportText(call, line, serverNow()), "text/plain;charset=utf-8", "txt")}
      >
        {t("report")}
      </Button>
      <Button
        kind="quiet"
        size="compact"
        data-testid="report-json"
        onClick={() => save(reportJson(call, line, serverNow()), "application/json", "json")}
      >
        {t("report_json")}
      </Button>
    </p>
  );
}
