import { Bell, BellOff, BellRing, Plus, UserPlus } from "lucide-preact";
import { useState } from "preact/hooks";
import { longDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { Button } from "../../ui";
import { api } from "../api";
import { now, useLoad, useTitle } from "../hooks";
import { AddPatient } from "../parts/add-patient";
import { PickPatient } from "../parts/pick-patient";
import { SessionRows } from "../parts/session-rows";
import { Trouble } from "../parts/trouble";
import { WaitingCard } from "../parts/waiting-card";
import { me } from "../state/account";
import { allowNotifications, audible, muted, notifications, setMuted } from "../state/attention";
import { endedSessions, openSessions, waitingSessions } from "../state/sessions";

const RECENT = 8;
/** More than are shown, since open sessions are among the newest and stand above. */
const ASKED = 40;

/** Who is waiting, first; then the sessions that were. */
export function HomePage() {
  useTitle(t("home.title"));
  return (
    <>
      <header class="page-head">
        <div class="grow">
          <p class="soft small">{longDay(now.value)}</p>
          <h1>{greeting()}</h1>
        </div>
      </header>
      <WaitingRoom />
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
  const open = openSessions.value;
  const inContact = (open ?? []).filter((session) => session.gate_open);
  const cards = [...inContact, ...byArrival()];
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
      {open && cards.length === 0 && <Nobody />}
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

/** One line, and the two ways to begin. */
function Nobody() {
  const [adding, setAdding] = useState(false);
  const [picking, setPicking] = useState(false);
  return (
    <div class="card empty" data-testid="nobody-waits">
      <p>{t("home.nobody")}</p>
      <div class="row wrap">
        <Button icon={UserPlus} data-testid="add-patient" onClick={() => setAdding(true)}>
          {t("home.begin_patient")}
        </Button>
        <Button icon={Plus} data-testid="new-session" onClick={() => setPicking(true)}>
          {t("home.begin_session")}
        </Button>
      </div>
      {adding && <AddPatient onClose={() => setAdding(false)} />}
      {picking && <PickPatient onClose={() => setPicking(false)} />}
    </div>
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
    () => api.sessions({ limit: ASKED }),
    endedSessions.value.length,
  );
  const past = (data?.items ?? []).filter((session) => session.state === "ended").slice(0, RECENT);
  return (
    <section class="block" aria-labelledby="recent">
      <div class="block-head">
        <h2 class="label grow" id="recent">
          {t("home.recent")}
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
