import { agoText, type Instant } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { markOf } from "../../lib/quality";
import type { LineQuality } from "../../lib/types";
import { now } from "../hooks";

interface Check {
  readonly at: Instant;
  readonly level: LineQuality["level"] | null;
}

/** "Last check 3 days ago: good"; nothing where there was none, or where it could not tell. */
export function LastCheck({ check }: { check: Check | null }) {
  const level = check?.level && check.level !== "unknown" ? markOf(check.level) : null;
  if (!check || !level) return null;
  return (
    <span class="last-check small soft" data-testid="last-check">
      {t("line.last_check", { ago: agoText(check.at, now.value) })}{" "}
      <span class={`mark ${level}`}>{t(`level.${level}`)}</span>
    </span>
  );
}
