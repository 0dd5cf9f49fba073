import { Bell, BellOff, BellRing } from "lucide-preact";
import { useState } from "preact/hooks";
import { longDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { Button } from "../../ui";
import { api } from "../api";
import { now, useLoad, useTitle } from "../hooks";
import { Begin } from "../parts/begin";
import { SessionRows } from "../parts/session-rows";
import { Trouble } from "../parts/trouble";
import { Undecided } from "../parts/undecided";
import { RunningSession, WaitingCard } from "../parts/waiting-card";
import { me } from "../state/account";
import { allowNotifications, audible, muted, notifications, setMuted } from "../state/attention";
import { endedSessions, openSessions, runningSession, waitingSessions } from "../state/sessions";

const RECENT = 8;

/** The session in contact, who is waiting, then the sessions that were; ways to begin above all. */
export function HomePage() {
  useTitle(t("home.title"));
  return (
    <>
      <header class="page-head">
        <div class="grow">
          <p class="soft small">{longDay(now.value)}</p>
          <h1>{greeting()}</h1>
        </div>
        <Begin />
      </header>
      {runningSession.value && <RunningSession session={runningSession.value} />}
      <WaitingRoom />
      <Undecided />
      <RecentSessions />
    </>
  );
}

function greeting(): string {
  const hour = new Date(now.value).getHours();
  const name = me.value?.name ?? "";
  if (hour >= 5 && hour < 12) return t("home.morning", { name });
  return hour >= 12 && hour < 18 ? t("home.afternoon", { name }) : t("home.evening", { name });
}

function WaitingRoom() {
  const cards = byArrival();
  return (
    <section class="block" aria-labelledby="waiting-room">
      <div class="block-head">
        <h2 class="label grow" id="waiting-room">
          {t("home.waiting")}
        </h2>
        <BellSwitch />
      </div>
      <ul class="stack cards">
        {cards.map((session) => (
          <WaitingCard key={session.id} session={session} />
        ))}
      </ul>
      {openSessions.value && cards.length === 0 && (
        <p class="card empty" data-testid="nobody-waits">
          {t("home.nobody")}
        </p>
      )}
      <BellHelp />
    </section>
  );
}

/** Whoever waits longest stands first. */
function byArrival() {
  return [...waitingSessions.value].sort((a, b) =>
    (a.waiting_since ?? "").localeCompare(b.waiting_since ?? ""),
  );
}

function BellSwitch() {
  const silent = muted.value;
  return (
    <Button
      kind="quiet"
      size="compact"
      icon={silent ? Bell : BellOff}
      aria-pressed={silent}
      data-testid="bell-mute"
      onClick={() => setMuted(!silent)}
    >
      {t(silent ? "bell.unmute" : "bell.mute")}
    </Button>
  );
}

/** What keeps the bell from being heard or seen, each with the button that helps. */
function BellHelp() {
  const silent = !audible.value && !muted.value;
  const { value: allowed } = notifications;
  const [asked, setAsked] = useState(false);
  return (
    <div class="bell-help small soft">
      {silent && waitingSessions.value.length > 0 && (
        <p role="status">
          <BellRing aria-hidden="true" />
          {t("bell.blocked")}
        </p>
      )}
      {allowed === "default" && (
        <button
          class="link-like"
          type="button"
          onClick={() => {
            setAsked(true);
            void allowNotifications();
          }}
        >
          {t("bell.desktop")}
        </button>
      )}
      {asked && allowed === "denied" && <p>{t("bell.desktop_denied")}</p>}
    </div>
  );
}

function RecentSessions() {
  // A session that ends belongs into the list at once.
  const { data, error, reload } = useLoad(
    () => api.sessions({ ended: "1", limit: RECENT }),
    endedSessions.value.length,
  );
  const past = data?.items ?? [];
  return (
    <section class="block" aria-labelledby="recent">
      <div class="block-head">
        <h2 class="label grow" id="recent">
          {t("home.today_recent")}
        </h2>
        {past.length > 0 && (
          <a class="small" href="/sessions">
            {t("home.all")}
          </a>
        )}
      </div>
      <Trouble error={error} onRetry={reload} />
      {past.length > 0 && <SessionRows sessions={past} />}
      {data && past.length === 0 && <p class="soft">{t("home.no_recent")}</p>}
    </section>
  );
}
