import type { ComponentChildren } from "preact";
import { dayTitle, type Instant } from "../../i18n/format";
import { now } from "../hooks";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** "number" stands right, "wide" has a line of its own on a phone, "door" its corner there. */
  readonly kind?: "number" | "soft" | "wide" | "door";
  /** The title is for screen readers alone: what stands below needs none. */
  readonly untitled?: boolean;
  /** On a phone, where there are no headers, the title stands before the cell. */
  readonly told?: boolean;
}

interface TableProps<Row> {
  label: string;
  /** The first is what the row is about. */
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** Puts the rows under days; they come in that order. */
  dayOf?: (row: Row) => Instant;
  /** Marks a row: "waits" or "talks". */
  markOf?: (row: Row) => string | null;
  "data-testid": string;
}

/** A list with headers, under days where there are days; stacked lines on a phone. */
export function Table<Row extends { readonly id: string }>(props: TableProps<Row>) {
  const { label, columns, rows, dayOf } = props;
  return (
    <div class="card table">
      <table class={dayOf ? "list with-days" : "list"} aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ title, kind, untitled }) => (
              <th key={title} scope="col" class={kind}>
                {untitled ? <span class="only-heard">{title}</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        {byDay(rows, dayOf).map(({ day, rows }) => (
          <tbody key={day}>
            {day && (
              <tr class="day">
                <th scope="rowgroup" colSpan={columns.length}>
                  {day}
                </th>
              </tr>
            )}
            {rows.map((row) => (
              <TableRow key={row.id} row={row} {...props} />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function TableRow<Row>({ row, ...props }: TableProps<Row> & { row: Row }) {
  const [first, ...others] = props.columns;
  return (
    <tr class={props.markOf?.(row) ?? undefined} data-testid={props["data-testid"]}>
      <th scope="row">{first?.cell(row)}</th>
      {others.map(({ title, kind, told, cell }) => (
        <td key={title} class={kind} data-title={told ? title : undefined}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}

interface Day<Row> {
  readonly day: string;
  readonly rows: Row[];
}

/** Rows that follow each other on one day stand together. */
export function byDay<Row>(rows: readonly Row[], dayOf?: (row: Row) => Instant): Day<Row>[] {
  if (!dayOf) return [{ day: "", rows: [...rows] }];
  const days: Day<Row>[] = [];
  for (const row of rows) {
    const day = dayTitle(dayOf(row), now.value);
    const last = days.at(-1);
    if (last?.day === day) last.rows.push(row);
    else days.push({ day, rows: [row] });
  }
  return days;
}
