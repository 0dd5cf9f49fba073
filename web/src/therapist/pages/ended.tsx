import { ChevronLeft } from "lucide-preact";
import type { ComponentChildren } from "preact";
import {
  clockText,
  dayTitle,
  exactText,
  fullDate,
  spokenLength,
  timeOfDay,
} from "../../i18n/format";
import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { Face, firstName } from "../../ui";
import { api, type Invitation } from "../api";
import { now, useLoad } from "../hooks";
import { leftAt } from "../other-side";
import { KeptChat } from "../parts/chat";
import { OpenWaitingRoomButton } from "../parts/open-waiting-room";
import { Quality } from "../parts/quality";
import { SessionMessages } from "../parts/session-messages";
import { TimeAxis } from "../parts/time-axis";
import { qualityOf } from "../quality";
import { patientPath } from "../routes";
import { Shell } from "../shell";
import { outcomeWords } from "../words";
import { AfterFirst } from "./over";

/** An ended session's own page: with whom, when, how long, what happened, what next. */
export function EndedPage({ session }: { session: Session }) {
  return (
    <Shell route={{ page: "sessions" }}>
      <div class="stack wide-gap" data-testid="session-page">
        <a class="back soft" href="/sessions">
          <ChevronLeft aria-hidden="true" />
          {t("over.back")}
        </a>
        <Head session={session} />
        <section class="card">
          <Figures session={session} />
          <TimeAxis session={session} />
          <Course session={session} />
        </section>
        <KeptChat session={session} />
        <div class="columns even">
          <InForce session={session} />
          {session.is_guest ? (
            <AfterFirst session={session} />
          ) : (
            <SessionMessages session={session} />
          )}
        </div>
        {!session.is_guest && <NextStep session={session} />}
      </div>
    </Shell>
  );
}

function Head({ session }: { session: Session }) {
  const begin = session.contact_at ?? session.opened_at;
  return (
    <header class="page-head">
      <Face name={session.patient_name} size="large" />
      <div class="grow">
        <h1>{session.patient_name}</h1>
        <p class="soft">
          {t("over.until", {
            day: dayTitle(begin),
            from: timeOfDay(begin),
            to: timeOfDay(session.ended_at ?? begin),
          })}
        </p>
      </div>
    </header>
  );
}

function Figures({ session }: { session: Session }) {
  const name = firstName(session.patient_name);
  const waited = waitedBefore(session);
  const lost = lostToLines(session);
  return (
    <dl class="figures">
      <Figure title={t("list.outcome")}>{outcomeWords(session) ?? t("sessions.met")}</Figure>
      {session.contact_at && (
        <>
          <Figure title={t("list.length")}>
            <Time seconds={session.wall_s} />
          </Figure>
          <Figure title={t("list.connected")}>
            <Time seconds={session.connected_s} />
          </Figure>
          {lost >= 1 && (
            <Figure title={t("over.lost")}>
              <Time seconds={lost} />
            </Figure>
          )}
        </>
      )}
      {waited !== null && (
        <Figure title={t("over.waited", { name })}>
          <Time seconds={waited} />
        </Figure>
      )}
      {qualityOf(session, now.value) && (
        <Figure title={t("list.quality")}>
          <Quality session={session} />
        </Figure>
      )}
    </dl>
  );
}

function Figure({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div>
      <dt class="small soft">{title}</dt>
      <dd class="figure">{children}</dd>
    </div>
  );
}

function Time({ seconds }: { seconds: number }) {
  return (
    <>
      <span class="num" aria-hidden="true">
        {clockText(seconds)}
      </span>
      <span class="only-heard">{spokenLength(seconds)}</span>
    </>
  );
}

/** Seconds from the first arrival to the first contact; null where either is missing. */
export function waitedBefore({ came_at, contact_at }: Session): number | null {
  if (came_at === null || contact_at === null) return null;
  return Math.max(0, (Date.parse(contact_at) - Date.parse(came_at)) / 1000);
}

/** Seconds of contact that the two lines cost; what our server lost is no connection's fault. */
export function lostToLines({ lost }: Session): number {
  return lost.patient + lost.therapist;
}

function Course({ session }: { session: Session }) {
  return (
    <div class="course">
      <h2 class="label">{t("over.course")}</h2>
      <ol>
        {course(session).map(({ at, text }) => (
          <li key={`${at} ${text}`}>
            <span class="num soft">{at && timeOfDay(at)}</span>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

interface Event {
  readonly at: string | null;
  readonly text: string;
}

/** What is known to have happened, in its order; then what the connection cost. */
export function course(session: Session): readonly Event[] {
  const name = firstName(session.patient_name);
  const { came_at, entered_at, contact_at, pauses, ended_at, lost } = session;
  const left = leftAt(session);
  const inTime = left && ended_at && Date.parse(left) <= Date.parse(ended_at) ? left : null;
  const events = [
    { at: session.opened_at, text: t("over.opened") },
    { at: came_at, text: t("over.came", { name }) },
    { at: entered_at, text: t("over.entered") },
    { at: contact_at, text: t("over.met", { name }) },
    ...pauses.flatMap(({ since, until, sent_back }) => [
      { at: sent_back ? since : null, text: t("over.sent_back", { name }) },
      { at: until, text: t("over.met_again", { name }) },
    ]),
    { at: inTime, text: t("over.left", { name }) },
    { at: ended_at, text: t("over.ended") },
  ].filter(({ at }) => at !== null);
  events.sort((a, b) => Date.parse(a.at ?? "") - Date.parse(b.at ?? ""));
  const costs: Event[] = [];
  const cost = (seconds: number, say: (time: string) => string) => {
    if (seconds >= 1) costs.push({ at: null, text: say(exactText(seconds)) });
  };
  if (session.outcome === "no_show") costs.push({ at: null, text: t("over.never_came", { name }) });
  cost(lost.patient, (time) => t("over.lost_patient", { time, name }));
  cost(lost.therapist, (time) => t("over.lost_therapist", { time }));
  cost(lost.server, (time) => t("over.lost_server", { time, name }));
  return [...events, ...costs];
}

function InForce({ session }: { session: Session }) {
  const name = firstName(session.patient_name);
  const { version, self_view, clock } = session.setting;
  const yes = (on: boolean) => t(on ? "over.yes" : "over.no");
  return (
    <section class="card padded stack">
      <div class="row">
        <h2 class="label grow">{t("over.setting")}</h2>
        <span class="small soft">{t("over.version", { n: version })}</span>
      </div>
      <dl class="pairs">
        <dt>{t("over.self_view", { name })}</dt>
        <dd class="soft">{yes(self_view)}</dd>
        <dt>{t("over.clock", { name })}</dt>
        <dd class="soft">{yes(clock)}</dd>
      </dl>
    </section>
  );
}

function NextStep({ session }: { session: Session }) {
  const name = firstName(session.patient_name);
  const { data: link } = useLoad(() => linkOf(session), session.link_state);
  return (
    <section class="card padded row wrap next-step" data-testid="next-step">
      <div class="stack tight grow">
        <h2 class="label">{t("over.next")}</h2>
        <p>{t(`over.link_${session.link_state}`, { name })}</p>
        {link && (
          <p class="small soft num">{t("over.link_until", { date: fullDate(link.expires_at) })}</p>
        )}
      </div>
      <div class="row wrap">
        <a class="btn" href={patientPath(session.patient_id)}>
          {t("over.profile")}
        </a>
        <OpenWaitingRoomButton patientId={session.patient_id} name={session.patient_name} />
      </div>
    </section>
  );
}

/** Until when the link is good; nothing to ask where it is not. */
async function linkOf({ link_state, patient_id }: Session): Promise<Invitation | null> {
  return link_state === "valid" ? api.invitation(patient_id) : null;
}
