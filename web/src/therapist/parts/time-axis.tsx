import { timeOfDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import type { LineChange, Session } from "../../lib/types";
import { firstName } from "../../ui";
import { api } from "../api";
import { useLoad } from "../hooks";
import { type Axis, along, axisOf, courseOf, type Span, type Stretch } from "../time-axis";

/** As they stand in the legend, each level with its shape. */
const STATES: readonly [Stretch["state"], string][] = [
  ["good", "● "],
  ["fair", "◐ "],
  ["poor", "▲ "],
  ["no_call", "▲ "],
  ["lost", ""],
  ["server", ""],
];

/** Waiting and contact along the time, both lines below, with its legend. */
export function TimeAxis({ session }: { session: Session }) {
  const { data } = useLoad(() => api.lineCourse(session.id), session.id);
  const axis = axisOf(session);
  if (!axis) return null;
  const lanes = lanesOf(axis, data?.items ?? [], session);
  const states = STATES.filter(([state]) =>
    lanes.some(({ course }) => course.some((stretch) => stretch.state === state)),
  );
  const kinds = [...new Set(axis.spans.map(({ kind }) => kind))];
  return (
    <div class="time-axis">
      <div class="spans" role="img" aria-label={spoken(axis)} data-testid="time-axis">
        {axis.spans.map((span) => (
          <span
            key={span.from}
            class={`span-${span.kind}`}
            style={place(axis, span)}
            title={said(t(`axis.${span.kind}`), span)}
          />
        ))}
        {axis.entered !== null && (
          <b class="span-entered" style={{ left: `${along(axis, axis.entered)}%` }} />
        )}
      </div>
      {lanes.map(({ title, course }) => (
        <div class="axis-line" key={title}>
          <span class="small soft">{title}</span>
          <div class="spans" role="img" aria-label={spokenLane(title, course)}>
            {course.map((stretch) => (
              <span
                key={stretch.from}
                class="stretch"
                data-state={stretch.state}
                style={place(axis, stretch)}
                title={said(t(`axis.line_${stretch.state}`), stretch)}
              />
            ))}
          </div>
        </div>
      ))}
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
        {states.map(([state, mark]) => (
          <li key={state}>
            <i class="stretch" data-state={state} />
            {mark + t(`axis.line_${state}`)}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Both lines, where something is known of them. */
function lanesOf(axis: Axis, changes: readonly LineChange[], session: Session) {
  const lanes = [
    { title: t("axis.own_line"), course: courseOf(axis, changes, "therapist") },
    {
      title: t("axis.line_of", { name: firstName(session.patient_name) }),
      course: courseOf(axis, changes, "patient"),
    },
  ];
  return lanes.filter(({ course }) => course.length > 0);
}

function place(axis: Axis, { from, to }: Pick<Span, "from" | "to">) {
  const left = along(axis, from);
  return { left: `${left}%`, width: `${along(axis, to) - left}%` };
}

/** "waiting: 10:13 to 10:16; in contact: 10:16 to 11:06" */
function spoken({ spans }: Axis): string {
  return spans.map((span) => said(t(`axis.${span.kind}`), span)).join("; ");
}

/** "Alex's line: good: 10:16 to 10:20; lost: 10:20 to 10:21" */
function spokenLane(title: string, course: readonly Stretch[]): string {
  const parts = course.map((stretch) => said(t(`axis.line_${stretch.state}`), stretch));
  return `${title}: ${parts.join("; ")}`;
}

function said(what: string, { from, to }: Pick<Span, "from" | "to">): string {
  return t("axis.spoken", { what, from: timeOfDay(from), to: timeOfDay(to) });
}
