import { clockText, nearDay, spokenLength, timeOfDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { Button, useRedraw } from "../../ui";
import { now } from "../hooks";
import { patientPath, roomPath, waitingPath } from "../routes";
import { navigate } from "../state/router";
import { isWaiting } from "../state/sessions";
import { outcomeWords } from "../words";
import { contactTimes } from "./contact-time";
import { OpenWaitingRoomIcon } from "./open-waiting-room";
import { Quality } from "./quality";
import { StartButton } from "./start-button";
import { type Column, Table } from "./table";

interface SessionRowsProps {
  sessions: readonly Session[];
  /** Leave name and session icon out: on the patient's own page, which has both. */
  nameless?: boolean;
}

/** Sessions under their days: with whom, when, how long, how it went, START and the session icon. */
export function SessionRows({ sessions, nameless }: SessionRowsProps) {
  if (nameless) return <SessionsOfOne sessions={sessions} />;
  return (
    <Table
      label={t("list.sessions")}
      columns={[
        { title: t("list.patient"), cell: (session) => <WithWhom session={session} /> },
        { title: t("list.began"), kind: "soft", cell: (session) => timeOfDay(began(session)) },
        ...course(),
        {
          title: t("patient.room"),
          untitled: true,
          kind: "door",
          cell: ({ patient_id, patient_name }) => (
            <OpenWaitingRoomIcon patientId={patient_id} name={patient_name} />
          ),
        },
      ]}
      rows={sessions}
      dayOf={dayOf}
      markOf={markOf}
      data-testid="session-row"
    />
  );
}

/** A patient's own: the day itself is what tells the rows apart. */
function SessionsOfOne({ sessions }: { sessions: readonly Session[] }) {
  return (
    <Table
      label={t("list.sessions")}
      columns={[
        {
          title: t("list.began"),
          cell: (session) => <PageOf session={session}>{nearDay(began(session))}</PageOf>,
        },
        ...course(),
      ]}
      rows={sessions}
      markOf={markOf}
      data-testid="session-row"
    />
  );
}

/** How long, how it went, and the way in. */
function course(): Column<Session>[] {
  return [
    {
      title: t("list.length"),
      kind: "number",
      told: true,
      cell: (session) => <Length session={session} part="elapsed" />,
    },
    {
      title: t("list.connected"),
      kind: "number",
      told: true,
      cell: (session) => <Length session={session} part="connected" />,
    },
    { title: t("list.outcome"), cell: (session) => <Outcome session={session} /> },
    { title: t("list.quality"), cell: (session) => <Quality session={session} /> },
    {
      title: t("list.doors"),
      untitled: true,
      kind: "wide",
      cell: (session) => <WayIn session={session} />,
    },
  ];
}

/** Open sessions stand under today, whenever they were opened: they are now. */
function dayOf(session: Session): string | number {
  return session.state === "ended" ? session.opened_at : now.value;
}

function markOf(session: Session): string | null {
  if (session.gate_open) return "talks";
  return isWaiting(session) ? "waits" : null;
}

function began(session: Session): string {
  return session.contact_at ?? session.opened_at;
}

/** An ended session leads to its own page, an open one to the patient. */
function WithWhom({ session }: { session: Session }) {
  if (session.state === "ended") return <PageOf session={session}>{session.patient_name}</PageOf>;
  return (
    <a class="name" href={patientPath(session.patient_id)}>
      {session.patient_name}
    </a>
  );
}

function PageOf({ session, children }: { session: Session; children: string }) {
  if (session.state !== "ended") return <>{children}</>;
  return (
    <a class="name" href={waitingPath(session.id)}>
      {children}
    </a>
  );
}

function Outcome({ session }: { session: Session }) {
  const words = outcomeWords(session);
  if (words === null) return <span class="soft">{t("sessions.met")}</span>;
  if (session.gate_open) return <span class="accent">{words}</span>;
  return <span class={isWaiting(session) ? "outcome clay" : "outcome"}>{words}</span>;
}

/** START where the patient is in the room, Return where both are in contact already. */
function WayIn({ session }: { session: Session }) {
  if (isWaiting(session)) return <StartButton session={session} />;
  if (!session.gate_open) return null;
  return (
    <Button
      kind="tint"
      size="compact"
      aria-label={t("sessions.return_for", { name: session.patient_name })}
      data-testid="return-session"
      onClick={() => navigate(roomPath(session.id))}
    >
      {t("sessions.return")}
    </Button>
  );
}

interface LengthProps {
  session: Session;
  part: "elapsed" | "connected";
}

function Length({ session, part }: LengthProps) {
  if (session.contact_at === null)
    return (
      <span class="soft no-length">
        <span aria-hidden="true">–</span>
        <span class="only-heard">{t("list.no_length")}</span>
      </span>
    );
  if (session.state !== "ended") return <RunningLength session={session} part={part} />;
  const seconds = part === "elapsed" ? session.wall_s : session.connected_s;
  return (
    <>
      <span class={part === "elapsed" ? "num" : "num soft"} aria-hidden="true">
        {clockText(seconds)}
      </span>
      <span class="only-heard">{spokenLength(seconds)}</span>
    </>
  );
}

function RunningLength({ session, part }: LengthProps) {
  useRedraw(1_000);
  return (
    <span class={part === "elapsed" ? "num" : "num soft"}>
      {clockText(contactTimes(session)[part])}
    </span>
  );
}
