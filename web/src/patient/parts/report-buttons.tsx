import { Download } from "lucide-preact";
import { t } from "../../i18n/patient";
import type { CallState } from "../../lib/call";
import { saveFile } from "../../lib/save-file";
import { serverNow } from "../../lib/server-time";
import type { OwnWord } from "../../lib/types";
import { Button } from "../../ui";
import { reportJson, reportText } from "../line-report";
import type { VisitDevices } from "../visit-devices";
import type { Line } from "../words";

interface Props {
  call: CallState;
  line: Line;
  /** What only the person and the page know. */
  word: OwnWord;
}

export function wordOf({ speaker, look }: VisitDevices): OwnWord {
  return { speaker: speaker.value, look: look.value };
}

/** What was measured of one's own line, as a file to keep. */
export function ReportButtons({ call, line, word }: Props) {
  const save = (text: string, type: string, ending: string) =>
    saveFile(new Blob([text], { type }), `${t("report_file")}.${ending}`);
  return (
    <p class="report-buttons">
      <Button
        kind="quiet"
        size="compact"
        icon={Download}
        data-testid="report"
        onClick={() =>
          save(reportText(call, line, word, serverNow()), "text/plain;charset=utf-8", "txt")
        }
      >
        {t("report")}
      </Button>
      <Button
        kind="quiet"
        size="compact"
        data-testid="report-json"
        onClick={() => save(reportJson(call, line, word, serverNow()), "application/json", "json")}
      >
        {t("report_json")}
      </Button>
    </p>
  );
}
