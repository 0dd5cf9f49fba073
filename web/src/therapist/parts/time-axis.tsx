import { timeOfDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { type Axis, along, axisOf, type Span } from "../time-axis";

/** Waiting, contact and sent back along the time, with its legend. */
export function TimeAxis({ session }: { session: Session }) {
  const axis = axisOf(session);
  if (!axis) return null;
  const kinds = [...new Set(axis.spans.map(({ kind }) => kind))];
  return (
    <div class="time-axis">
      <div class="spans" role="img" aria-label={spoken(axis)} data-testid="time-axis">
        {axis.spans.map((span) => (
          <span key={span.from} class={`span-${span.kind}`} style={place(axis, span)} />
        ))}
        {axis.entered !== null && (
          <b class="span-entered" style={{ left: `${along(axis, axis.entered)}%` }} />
        )}
      </div>
      <div class="ticks num" aria-hidden="true">
        {axis.ticks.map((tick) => (
          <span key={tick} style={{ left: `${along(axis, tick)}%` }}>
            {timeOfDay(tick)}
          </span>
        ))}
      </div>
      <ul class="legend small soft" aria-hidden="true">
        {kinds.map((kind) => (
          <li key={kind}>
            <i class={`span-${kind}`} />
            {t(`axis.${kind}`)}
          </li>
        ))}
        {axis.entered !== null && (
          <li>
            <i class="span-entered" />
            {t("axis.entered")}
          </li>
        )}
      </ul>
    </div>
  );
}

function place(axis: Axis, { from, to }: Span) {
  const left = along(axis, from);
  return { left: `${left}%`, width: `${along(axis, to) - left}%` };
}

/** "waiting: 10:13 to 10:16; in contact: 10:16 to 11:06" */
function spoken({ spans }: Axis): string {
  const said = spans.map(({ kind, from, to }) =>
    t("axis.spoken", { what: t(`axis.${kind}`), from: timeOfDay(from), to: timeOfDay(to) }),
  );
  return said.join("; ");
}
