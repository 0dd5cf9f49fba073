import { agoText } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { markOf } from "../../lib/quality";
import type { Patient } from "../api";
import { now } from "../hooks";

/** "Last check 3 days ago: good", of the patient's own line; nothing where there was none. */
export function LastCheck({ patient }: { patient: Patient }) {
  const check = patient.last_check;
  const level = check && check.level !== "unknown" ? markOf(check.level) : null;
  if (!check || !level) return null;
  return (
    <span class="last-check small soft" data-testid="last-check">
      {t("line.last_check", { ago: agoText(check.at, now.value) })}{" "}
      <span class={`mark ${level}`}>{t(`level.${level}`)}</span>
    </span>
  );
}
