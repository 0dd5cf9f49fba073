import "uplot/dist/uPlot.min.css";
import { signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import uPlot from "uplot";
import { numberText, timeOfDay } from "../i18n/format";
import { t } from "../i18n/ops";

export interface Line {
  readonly name: string;
  /** A custom property of the page's colours, as "--accent"; none for a line that is not drawn. */
  readonly color?: string;
  /** Another for what lies below the line. */
  readonly fill?: string;
  readonly dashed?: boolean;
}

interface PlotProps {
  /** What a screen reader says of it. */
  title: string;
  /** Seconds since 1970. */
  at: readonly number[];
  lines: readonly Line[];
  /** A column for each line, as it is drawn. */
  heights: readonly (readonly (number | null)[])[];
  /** What the readout says of each line at one instant. */
  valueAt: (line: number, index: number) => string;
  /** How far the scale goes at least. */
  least: number;
}

/** Least width of time, so that a history that has just begun is no single point. */
const LEAST_S = 600;
const HEIGHT_PX = 196;

/** Colours are the page's, which change with the look of the device. */
const dark = signal(0);
globalThis.matchMedia?.("(prefers-color-scheme: dark)").addEventListener("change", () => {
  dark.value += 1;
});

/** Lines along two hours, with their times and a readout of the place under the pointer. */
export function Plot(props: PlotProps) {
  const { title, at, lines, heights, valueAt, least } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const pointed = useMemo(() => signal<number | null>(null), []);
  const times = useRef(at);
  times.current = at;
  const look = dark.value;
  const names = lines.map(({ name }) => name).join();

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const drawn = new uPlot(options(element, lines, least, times, pointed), [[]], element);
    plot.current = drawn;
    const watch = new ResizeObserver(() => {
      drawn.setSize({ width: element.clientWidth, height: HEIGHT_PX });
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [look, names, least]);

  useEffect(() => {
    plot.current?.setData([at as number[], ...(heights as (number | null)[][])]);
  }, [at, heights, look, names]);

  const last = at.length - 1;
  const point = (wanted: number) => {
    const left = plot.current?.valToPos(at[wanted] ?? 0, "x") ?? -1;
    plot.current?.setCursor({ left, top: 0 });
    pointed.value = wanted;
  };
  const index = pointed.value !== null && pointed.value <= last ? pointed.value : last;
  const said = last < 0 ? "" : readout(lines, index, valueAt);
  const first = at[0];
  const now = at[last];
  return (
    <div class="plot">
      <div
        ref={box}
        class="plot-box"
        role="img"
        aria-label={
          first === undefined || now === undefined
            ? `${title}. ${t("plot.empty")}`
            : t("plot.spoken", {
                title,
                from: timeOfDay(first * 1000),
                to: timeOfDay(now * 1000),
                values: readout(lines, last, valueAt),
              })
        }
      />
      {last > 0 && (
        <input
          type="range"
          class="scrub"
          min={0}
          max={last}
          value={index}
          aria-label={t("plot.scrub", { title })}
          aria-valuetext={t("plot.at", { time: timeOfDay((at[index] ?? 0) * 1000), values: said })}
          onInput={(event) => point(Number(event.currentTarget.value))}
        />
      )}
      <p class="small soft num readout" aria-hidden="true">
        {last < 0
          ? t("plot.empty")
          : t("plot.at", { time: timeOfDay((at[index] ?? 0) * 1000), values: said })}
      </p>
    </div>
  );
}

function readout(
  lines: readonly Line[],
  index: number,
  valueAt: (line: number, index: number) => string,
): string {
  return lines
    .map(({ name }, line) => t("plot.value", { name, value: valueAt(line, index) }))
    .join(" · ");
}

function options(
  element: HTMLElement,
  lines: readonly Line[],
  least: number,
  times: { readonly current: readonly number[] },
  pointed: { value: number | null },
): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: color("--soft"),
    font: `12px ${style.fontFamily}`,
    ticks: { show: false },
    grid: { stroke: color("--line"), width: 1 },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    padding: [8, 12, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    hooks: {
      setCursor: [
        ({ cursor }) => {
          pointed.value = cursor.idx ?? null;
        },
      ],
    },
    scales: {
      x: { time: true, range: () => span(times.current) },
      y: { range: (_, __, max) => [0, Math.max(least, (max ?? 0) * 1.1)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 72,
        values: (_, splits) => splits.map((second) => timeOfDay(second * 1000)),
      },
      {
        ...axis,
        size: 36,
        gap: 6,
        space: 36,
        values: (_, splits) => splits.map((value) => numberText(value, value % 1 ? 1 : 0)),
        ...(least >= 4 && { incrs: WHOLE }),
      },
    ],
    series: [
      {},
      ...lines.map(
        (line): uPlot.Series => ({
          label: line.name,
          width: line.color ? 1.75 : 0,
          ...(line.color && { stroke: color(line.color) }),
          points: { show: false },
          ...(line.fill && { fill: color(line.fill) }),
          ...(line.dashed && { dash: [6, 4] }),
        }),
      ),
    ],
  };
}

/** From the first to the last, or to so long before the last that a few points are a line. */
export function span(at: readonly number[]): [from: number, to: number] {
  const to = at.at(-1) ?? Date.now() / 1000;
  return [Math.min(at[0] ?? to, to - LEAST_S), to];
}

/** Nobody is half a participant. */
const WHOLE = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000];
