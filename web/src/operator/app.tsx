import { LogOut } from "lucide-preact";
import { exactText, timeOfDay } from "../i18n/format";
import { t } from "../i18n/ops";
import type { ApiError } from "../lib/api";
import { Announcer, Brand, Button, IconButton, Note, useRedraw } from "../ui";
import type { Overview } from "./history";
import { LoginPage } from "./login";
import { Nodes } from "./nodes";
import { Bars, Faults, Messages, Tiles, upText } from "./parts";
import { QualityPlot, SoundPlot, TrafficPlot } from "./plots";
import { begin, error, heardAt, isOld, logOut, me, overview } from "./state";

const JOIN_BOUNDS_S = [0.2, 0.5, 1, 2, 5];
const START_BOUNDS_S = [0.05, 0.1, 0.2, 0.5, 1];
const GAP_BOUNDS_S = [0.02, 0.06, 0.1, 0.2, 0.4, 1, 2, 5];
const TWO_HOURS_MS = 7_200_000;

/** The operator's page: a login, or how it goes. */
export function App() {
  if (me.value === null) return <LoginPage />;
  if (me.value === undefined && error.value) return <Unreachable />;
  return (
    <>
      <Announcer />
      <div class="ops">
        <Head />
        <main class="ops-main">
          {overview.value ? (
            <Everything overview={overview.value} />
          ) : (
            <p class="soft" role="status">
              {t("ops.loading")}
            </p>
          )}
        </main>
      </div>
    </>
  );
}

function Unreachable() {
  return (
    <main class="alone">
      <Brand />
      <p>{t("ops.unreachable_first")}</p>
      <Button kind="primary" onClick={() => void begin()}>
        {t("ops.retry")}
      </Button>
    </main>
  );
}

function Head() {
  useRedraw(1_000);
  const known = overview.value;
  const old = isOld(Date.now());
  return (
    <header class="ops-head">
      <Brand />
      <h1>{t("ops.title")}</h1>
      <span class="grow" />
      {known && (
        <span class={old ? "mark fair num" : "mark good num"}>
          {old
            ? t("ops.late", { ago: exactText((Date.now() - heardAt.value) / 1000) })
            : t("ops.live")}
        </span>
      )}
      {known && (
        <span class="small soft num">
          {t("ops.version", { version: known.version, time: upText(known.began_at) })}
        </span>
      )}
      <IconButton icon={LogOut} label={t("ops.log_out")} onClick={() => void logOut()} />
    </header>
  );
}

function Everything({ overview }: { overview: Overview }) {
  const { samples, nodes, joins, failed_joins } = overview;
  return (
    <>
      <Notes overview={overview} />
      <Tiles overview={overview} />
      <div class="parts">
        <QualityPlot samples={samples} />
        <TrafficPlot samples={samples} />
        <Nodes nodes={nodes} control={overview.version} />
        <Messages channels={overview.channels} />
        <SoundPlot samples={samples} />
        <Bars
          title={t("dist.joins")}
          unit={t("dist.joins_unit")}
          none={t("dist.none")}
          distribution={joins}
          bounds={JOIN_BOUNDS_S}
          lateFrom={2}
        >
          {failed_joins > 0 ? (
            <p class="mark poor">{t("dist.failed", { n: failed_joins })}</p>
          ) : (
            joins.count > 0 && <p class="small soft">{t("dist.failed_none")}</p>
          )}
        </Bars>
        <Bars
          title={t("dist.gaps")}
          unit={t("dist.gaps_unit")}
          none={t("dist.gaps_none")}
          distribution={overview.gaps}
          bounds={GAP_BOUNDS_S}
          lateFrom={0.2}
          wide
        />
        <Bars
          title={t("dist.starts")}
          unit={t("dist.starts_unit")}
          none={t("dist.starts_none")}
          distribution={overview.starts}
          bounds={START_BOUNDS_S}
          lateFrom={0.5}
        />
        <Faults faults={overview.faults} since={overview.began_at} />
      </div>
    </>
  );
}

/** What stands above the numbers since it changes what they mean. */
function Notes({ overview }: { overview: Overview }) {
  const { began_at, now, nodes } = overview;
  const away = nodes.every(({ state }) => state === "away");
  const none = nodes.every(({ state }) => state === "away" || state === "draining");
  const young = Date.parse(now) - Date.parse(began_at) < TWO_HOURS_MS;
  return (
    <>
      {error.value && <Note trouble>{troubleText(error.value, overview)}</Note>}
      {away && <Note trouble>{t("ops.node_away")}</Note>}
      {!away && none && <Note>{t("ops.draining")}</Note>}
      {young && <p class="small soft num">{t("ops.began", { time: timeOfDay(began_at) })}</p>}
    </>
  );
}

function troubleText({ code }: ApiError, { now }: Overview): string {
  const time = timeOfDay(now);
  if (code === "unreachable") return t("ops.unreachable", { time });
  if (code.startsWith("database_")) return t("ops.database", { reason: code, time });
  return t("ops.unexpected");
}
