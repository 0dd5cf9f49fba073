import { computed, signal } from "@preact/signals";
import { t } from "../../i18n/therapist";
import { ApiError } from "../../lib/api";
import { Live, LOGGED_OUT } from "../../lib/live";
import { Poll } from "../../lib/poll";
import { serverTime } from "../../lib/server-time";
import type { Session, TherapistMessage } from "../../lib/types";
import { api } from "../api";
import { asMe, loggedOut } from "./account";
import { forgetMessages, takeFailures, takeMessages } from "./messages";

/** All sessions that have not ended, as control last pushed them; null before the first word. */
export const openSessions = signal<readonly Session[] | null>(null);
/** Sessions that ended while this page was open, newest first. */
export const endedSessions = signal<readonly Session[]>([]);
/** Whether control answers, by whichever way. */
export const online = signal(true);
/** Whether it pushes: the socket stands, or has not been tried yet. */
export const pushed = signal(true);

/** Sessions whose patient is in the waiting room. */
export const waitingSessions = computed(() => (openSessions.value ?? []).filter(isWaiting));

/** The session in contact, by control's word: it outlives any reload. There is one at most. */
export const runningSession = computed(
  () => (openSessions.value ?? []).find((session) => session.gate_open) ?? null,
);

/** The patient is in the waiting room: present, or away for less than the grace. */
export function isWaiting(session: Session): boolean {
  const here = session.patient_present || session.patient_reconnecting;
  return here && !session.gate_open && session.state !== "ended";
}

/** What this page knows of a session: open, or ended while it was watching. */
export function knownSession(id: string): Session | null {
  const same = (session: Session) => session.id === id;
  return openSessions.value?.find(same) ?? endedSessions.value.find(same) ?? null;
}

/**
 * Sessions of a list as control pushed them since, open ones first and newest first.
 *
 * @param everyOpen Whether the list is of all sessions: then those belong to it as well that
 *   opened after it was loaded. First consultations have a list of their own.
 */
export function asTheyStand(listed: readonly Session[], everyOpen: boolean): readonly Session[] {
  const now = listed.map((session) => knownSession(session.id) ?? session);
  const ids = new Set(now.map(({ id }) => id));
  const unlisted = (session: Session) => !ids.has(session.id) && !session.is_guest;
  const others = everyOpen ? (openSessions.value ?? []).filter(unlisted) : [];
  const open = [...others, ...now].filter(({ state }) => state !== "ended");
  open.sort((a, b) => b.opened_at.localeCompare(a.opened_at));
  return [...open, ...now.filter(({ state }) => state === "ended")];
}

/** The open session with a patient, if there is one. */
export function sessionOf(patientId: string): Session | null {
  return openSessions.value?.find((session) => session.patient_id === patientId) ?? null;
}

/** A guest who has given no name yet is called so, in headings and in sentences. */
export function named(session: Session): Session {
  return session.patient_name ? session : { ...session, patient_name: t("first.guest") };
}

/** Put in what an HTTP answer said, until the next push says the same. */
export function learn(answered: Session): void {
  const session = named(answered);
  const others = (openSessions.value ?? []).filter((other) => other.id !== session.id);
  if (session.state === "ended") {
    openSessions.value = others;
    const before = endedSessions.value.filter((other) => other.id !== session.id);
    endedSessions.value = [session, ...before];
  } else {
    openSessions.value = [...others, session];
  }
}

/** Drop what is known of a person who was erased. */
export function forget(patientId: string): void {
  const others = (session: Session) => session.patient_id !== patientId;
  openSessions.value = openSessions.value?.filter(others) ?? null;
  endedSessions.value = endedSessions.value.filter(others);
}

export function take(message: TherapistMessage): void {
  if (message.type === "sessions") {
    serverTime.take(message.now);
    openSessions.value = message.sessions.map(named);
  } else if (message.type === "session") learn(message.session);
  else if (message.type === "messages") takeMessages(message);
  else if (message.type === "failures") takeFailures(message);
}

let live: Live<TherapistMessage> | null = null;
let poll: Poll | null = null;

/** Listen to control for as long as somebody is logged in; ask it while no socket comes through. */
export function listenToControl(): void {
  if (live) return;
  poll = new Poll(askControl);
  live = new Live<TherapistMessage>("/api/live", {
    onMessage: take,
    onConnected: (connected) => {
      if (connected) online.value = true;
      handleSocket(connected);
    },
    onClosed: (code) => {
      poll?.stop();
      if (code === LOGGED_OUT) loggedOut();
    },
    onRefused: () => handleSocket(false),
  });
}

export function stopListening(): void {
  live?.close();
  poll?.stop();
  live = poll = null;
  openSessions.value = null;
  endedSessions.value = [];
  forgetMessages();
  online.value = true;
  pushed.value = true;
}

function handleSocket(isOpen: boolean): void {
  pushed.value = isOpen;
  if (isOpen) poll?.stop();
  else poll?.start();
}

/** Take what the socket would have pushed; a session that is missing by then has ended. */
async function askControl(): Promise<void> {
  const before = openSessions.value ?? [];
  try {
    const answer = await asMe(api.openSessions());
    if (pushed.value) return; // the socket opened meanwhile, and knows better
    take(answer);
    online.value = true;
    const gone = before.filter(({ id }) => !answer.sessions.some((open) => open.id === id));
    for (const { id } of gone) learn(await asMe(api.session(id)));
  } catch (error) {
    if (isAway(error) && !pushed.value) online.value = false;
  }
}

function isAway(error: unknown): boolean {
  return error instanceof ApiError && error.passing;
}
