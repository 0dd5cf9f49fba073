import { Lightbulb, X } from "lucide-preact";
import { t } from "../../i18n/patient";
import { IconButton } from "../../ui";
import type { VisitFlow } from "../visit";

/** What may help the line, as the therapist sent it; there until it is closed. */
export function HintNote({ flow }: { flow: Pick<VisitFlow, "hinted"> }) {
  const on = flow.hinted.value;
  return (
    <div class="hint-note-place" role="status">
      {on && (
        <div class="pill hint-note" data-testid="hint-note">
          <Lightbulb aria-hidden="true" />
          <p>{t("line_hint")}</p>
          <IconButton
            icon={X}
            label={t("line_hint_close")}
            data-testid="hint-close"
            onClick={() => {
              flow.hinted.value = false;
            }}
          />
        </div>
      )}
    </div>
  );
}
