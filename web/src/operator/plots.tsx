import { useMemo } from "preact/hooks";
import { numberText } from "../i18n/format";
import { t } from "../i18n/ops";
import { instants, LAYERS, lossByMinute, type Samples, stacked } from "./history";
import { Plot } from "./plot";

interface PlotsProps {
  samples: Samples;
}

/** Participants by level: what is poor, fair or our own fault lies at the foot, where it shows. */
export function QualityPlot({ samples }: PlotsProps) {
  const at = useMemo(() => instants(samples), [samples]);
  const heights = useMemo(() => stacked(samples).reverse(), [samples]);
  const layers = [...LAYERS].reverse();
  return (
    <section class="card wide">
      <header class="part-head">
        <h2 class="label">{t("plot.quality")}</h2>
        <span class="small soft grow">{t("plot.participants")}</span>
        <ul class="legend" aria-hidden="true">
          {LEGEND.map(([layer, kind]) => (
            <li key={layer} class={`mark ${kind}`}>
              {t(`plot.${layer}`)}
            </li>
          ))}
        </ul>
      </header>
      <Plot
        title={t("plot.quality")}
        at={at}
        lines={layers.map((layer) => ({
          name: t(`plot.${layer}`),
          fill: `--area-${layer}`,
          ...(layer === "good" && { color: "--accent" }),
        }))}
        heights={heights}
        valueAt={(line, index) => numberText(samples[layers[line] ?? "good"][index] ?? 0)}
        least={4}
      />
    </section>
  );
}

const LEGEND = [
  ["good", "good"],
  ["fair", "fair"],
  ["poor", "poor"],
  ["server", "ours"],
  ["unknown", "none"],
] as const;

/** How many talk, and how many browsers are connected for it. */
export function TrafficPlot({ samples }: PlotsProps) {
  const at = useMemo(() => instants(samples), [samples]);
  const heights = useMemo(() => [samples.peers, samples.sessions], [samples]);
  return (
    <section class="card">
      <header class="part-head">
        <h2 class="label">{t("plot.traffic")}</h2>
        <span class="small soft grow">{t("plot.count")}</span>
        <ul class="legend" aria-hidden="true">
          <li class="mark whole">{t("plot.browsers")}</li>
          <li class="mark dashed">{t("plot.sessions")}</li>
        </ul>
      </header>
      <Plot
        title={t("plot.traffic")}
        at={at}
        lines={[
          { name: t("plot.browsers"), color: "--accent" },
          { name: t("plot.sessions"), color: "--clay", dashed: true },
        ]}
        heights={heights}
        valueAt={(line, index) => countText(heights[line]?.[index])}
        least={4}
      />
    </section>
  );
}

/** Packets of sound that did not come at first: speech is not repaired, so somebody missed them. */
export function SoundPlot({ samples }: PlotsProps) {
  const at = useMemo(() => instants(samples), [samples]);
  const heights = useMemo(
    () => [
      lossByMinute(samples.sent_up, samples.lost_up),
      lossByMinute(samples.sent_down, samples.lost_down),
    ],
    [samples],
  );
  return (
    <section class="card wide">
      <header class="part-head">
        <h2 class="label">{t("plot.sound")}</h2>
        <span class="small soft grow">{t("plot.sound_unit")}</span>
        <ul class="legend" aria-hidden="true">
          <li class="mark whole">{t("plot.up")}</li>
          <li class="mark dashed">{t("plot.down")}</li>
        </ul>
      </header>
      <Plot
        title={t("plot.sound")}
        at={at}
        lines={[
          { name: t("plot.up"), color: "--accent" },
          { name: t("plot.down"), color: "--clay", dashed: true },
        ]}
        heights={heights}
        valueAt={(line, index) => percentText(heights[line]?.[index])}
        least={2}
      />
    </section>
  );
}

function countText(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : numberText(value);
}

/** "0.21 %" */
export function percentText(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : `${numberText(value, 2)} %`;
}
