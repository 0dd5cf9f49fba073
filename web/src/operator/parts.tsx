import type { ComponentChildren } from "preact";
import { exactText, numberText, timeOfDay, waitText } from "../i18n/format";
import { t } from "../i18n/ops";
import { serverNow } from "../lib/server-time";
import {
  type Bar,
  bars,
  type ChannelView,
  type Distribution,
  type FaultView,
  lossNow,
  type Overview,
  sharesNow,
} from "./history";
import { percentText } from "./plots";
import { faultText, faultTime } from "./words";

/** The six numbers that say whether it goes well. */
export function Tiles({ overview }: { overview: Overview }) {
  const { samples, joins, starts } = overview;
  const last = samples.at.length - 1;
  const loss = lossNow(samples);
  return (
    <dl class="card tiles">
      <Tile
        name={t("tile.sessions")}
        value={numberText(samples.sessions[last] ?? 0)}
        note={t("tile.sessions_most", { n: numberText(Math.max(0, ...samples.sessions)) })}
      />
      <Tile
        name={t("tile.browsers")}
        value={last < 0 || samples.peers[last] == null ? "–" : numberText(samples.peers[last] ?? 0)}
        note={waitingText(samples.waiting[last] ?? 0)}
      />
      <Tile
        name={t("tile.join")}
        value={within(joins)}
        note={joins.count > 0 ? t("tile.joins", { n: joins.count }) : t("tile.none")}
      />
      <Tile
        name={t("tile.start")}
        value={within(starts)}
        note={starts.count > 0 ? t("tile.starts", { n: starts.count }) : t("tile.none")}
      />
      <Tile
        name={t("tile.sound")}
        value={percentText(loss)}
        note={loss === null ? t("tile.sound_none") : t("tile.sound_share")}
      />
      <QualityTile overview={overview} />
    </dl>
  );
}

function waitingText(n: number): string {
  return n > 0 ? t("tile.waiting", { n }) : t("tile.waiting_none");
}

function QualityTile({ overview: { samples } }: { overview: Overview }) {
  const { judged, good, fair, poor } = sharesNow(samples);
  if (judged === 0)
    return <Tile name={t("tile.quality")} value="–" note={t("tile.quality_none")} />;
  return (
    <Tile
      name={t("tile.quality")}
      value={numberText((100 * good) / judged)}
      unit={t("tile.quality_good")}
      note={t("tile.quality_rest", { fair: numberText(fair), poor: numberText(poor) })}
    />
  );
}

interface TileProps {
  name: string;
  value: string;
  unit?: string;
  note: string;
}

function Tile({ name, value, unit, note }: TileProps) {
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd>
        <span class="tile-value num">
          {value}
          {unit && <small> {unit}</small>}
        </span>
        <span class="tile-note num">{note}</span>
      </dd>
    </div>
  );
}

/** What 95 % needed at most. */
function within({ count, p95_s, bins }: Distribution): string {
  if (count === 0) return "–";
  if (p95_s !== null) return secondsText(p95_s);
  const longest = bins.findLast(({ up_to_s }) => up_to_s !== null)?.up_to_s ?? 0;
  return t("tile.over", { time: secondsText(longest) });
}

/** "50 ms", "0.5 s" */
export function secondsText(seconds: number): string {
  return seconds < 0.1 ? `${numberText(seconds * 1000)} ms` : `${numberText(seconds, 1)} s`;
}

interface BarsProps {
  title: string;
  unit: string;
  none: string;
  distribution: Distribution;
  bounds: readonly number[];
  /** From here on it is late. */
  lateFrom: number;
  wide?: boolean;
  children?: ComponentChildren;
}

/** How long something took, as columns with their numbers. */
export function Bars(props: BarsProps) {
  const { title, unit, none, distribution, bounds, lateFrom } = props;
  const found = bars(distribution, bounds);
  const most = Math.max(1, ...found.map(({ count }) => count));
  const longest = bounds.at(-1) ?? 0;
  return (
    <section class={props.wide ? "card wide" : "card"}>
      <header class="part-head">
        <h2 class="label grow">{title}</h2>
        <span class="small soft">{unit}</span>
      </header>
      {distribution.count === 0 ? (
        <p class="small soft">{none}</p>
      ) : (
        <ol class="bars">
          {found.map((bar) => (
            <li key={bar.upTo ?? "more"}>
              <span class="only-heard">{spokenBar(bar, longest)}</span>
              <span class="num bar-count" aria-hidden="true">
                {numberText(bar.count)}
              </span>
              <i
                class={(bar.upTo ?? Number.POSITIVE_INFINITY) > lateFrom ? "late" : undefined}
                style={{ height: `${bar.count && 2 + (98 * bar.count) / most}px` }}
              />
              <span class="num soft bar-name" aria-hidden="true">
                {bar.upTo === null ? t("dist.more") : secondsText(bar.upTo)}
              </span>
            </li>
          ))}
        </ol>
      )}
      {props.children}
    </section>
  );
}

function spokenBar({ upTo, count }: Bar, longest: number): string {
  const n = numberText(count);
  return upTo === null
    ? t("dist.more_n", { time: secondsText(longest), n })
    : t("dist.up_to", { time: secondsText(upTo), n });
}

/** What waits, went and failed, of each way to send. */
export function Messages({ channels }: { channels: readonly ChannelView[] }) {
  return (
    <section class="card">
      <header class="part-head">
        <h2 class="label grow">{t("msg.title")}</h2>
        <span class="small soft">{t("msg.unit")}</span>
      </header>
      {channels.length === 0 ? (
        <p class="small soft">{t("msg.none")}</p>
      ) : (
        <table class="tight" aria-label={t("msg.title")}>
          <thead>
            <tr>
              <th scope="col">{t("msg.channel")}</th>
              <th scope="col" class="r">
                {t("msg.waiting")}
              </th>
              <th scope="col" class="r">
                {t("msg.sent")}
              </th>
              <th scope="col" class="r">
                {t("msg.failed")}
              </th>
            </tr>
          </thead>
          <tbody>
            {channels.map((each) => (
              <tr key={each.channel}>
                <th scope="row">{each.channel === "sms" ? t("msg.sms") : t("msg.email")}</th>
                <td class="r num">
                  {numberText(each.waiting)}
                  {each.oldest_waits_since && (
                    <span class="oldest">
                      <span class="only-heard">{t("msg.oldest")} </span>
                      {waitText((serverNow() - Date.parse(each.oldest_waits_since)) / 1000)}
                    </span>
                  )}
                </td>
                <td class="r num">{numberText(each.sent)}</td>
                <td class="r num">
                  <span class={each.failed > 0 ? "mark poor" : undefined}>
                    {numberText(each.failed)}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** The last troubles, as sentences. */
export function Faults({ faults, since }: { faults: readonly FaultView[]; since: string }) {
  return (
    <section class="card full">
      <header class="part-head">
        <h2 class="label grow">{t("fault.title")}</h2>
        <span class="small soft">{t("fault.unit")}</span>
      </header>
      {faults.length === 0 ? (
        <p class="small soft">{t("fault.none", { time: timeOfDay(since) })}</p>
      ) : (
        <ul class="faults">
          {faults.map((fault) => (
            <li key={`${fault.kind} ${fault.subject} ${fault.reason} ${fault.began_at}`}>
              <span class="num soft">{faultTime(fault)}</span>
              <span>
                {faultText(fault)}{" "}
                {fault.lasts && <span class="mark poor">{t("fault.lasting")}</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** "12 min", "3 h 5 min", "6 days": how long something has run. */
export function upText(since: string): string {
  const seconds = Math.max(0, (serverNow() - Date.parse(since)) / 1000);
  const days = Math.floor(seconds / 86_400);
  if (seconds < 60) return exactText(seconds);
  return days > 0 ? daysText(days) : waitText(seconds);
}

function daysText(days: number): string {
  const format = { style: "unit", unit: "day", unitDisplay: "long" } as const;
  return new Intl.NumberFormat(document.documentElement.lang, format).format(days);
}
