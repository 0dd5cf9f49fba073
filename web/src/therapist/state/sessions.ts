import { computed, signal } from "@preact/signals";
import { Live, LOGGED_OUT } from "../../lib/live";
import { serverTime } from "../../lib/server-time";
import type { Session, TherapistMessage } from "../../lib/types";
import { loadMe, loggedOut } from "./account";

/** All sessions that have not ended, as control last pushed them; null before the first word. */
export const openSessions = signal<readonly Session[] | null>(null);
/** Sessions that ended while this page was open, newest first. */
export const endedSessions = signal<readonly Session[]>([]);
/** Whether the push connection stands. */
export const online = signal(true);

/** Sessions whose patient is in the waiting room. */
export const waitingSessions = computed(() => (openSessions.value ?? []).filter(isWaiting));

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
 *   opened after it was loaded.
 */
export function asTheyStand(listed: readonly Session[], everyOpen: boolean): readonly Session[] {
  const now = listed.map((session) => knownSession(session.id) ?? session);
  const ids = new Set(now.map(({ id }) => id));
  const others = everyOpen ? (openSessions.value ?? []).filter(({ id }) => !ids.has(id)) : [];
  const open = [...others, ...now].filter(({ state }) => state !== "ended");
  open.sort((a, b) => b.opened_at.localeCompare(a.opened_at));
  return [...open, ...now.filter(({ state }) => state === "ended")];
}

/** The open session with a patient, if there is one. */
export function sessionOf(patientId: string): Session | null {
  return openSessions.value?.find((session) => session.patient_id === patientId) ?? null;
}

/** Put in what an HTTP answer said, until the next push says the same. */
export function learn(session: Session): void {
  const others = (openSessions.value ?? []).filter((other) => other.id !== session.id);
  if (session.state === "ended") {
    openSessions.value = others;
    const before = endedSessions.value.filter((other) => other.id !== session.id);
    endedSessions.value = [session, ...before];
  } else {
    openSessions.value = [...others, session];
  }
}

export function take(message: TherapistMessage): void {
  if (message.type === "sessions") {
    if (message.now) serverTime.take(message.now);
    openSessions.value = message.sessions;
  } else if (message.type === "session") learn(message.session);
}

let live: Live<TherapistMessage> | null = null;

/** Listen to control for as long as somebody is logged in. */
export function listenToControl(): void {
  if (live) return;
  live = new Live<TherapistMessage>("/api/live", {
    onMessage: take,
    onConnected: (connected) => {
      online.value = connected;
    },
    onClosed: (code) => {
      if (code === LOGGED_OUT) loggedOut();
    },
    // A refused socket does not say why: perhaps the login is over.
    onRefused: (failures) => {
      online.value = false;
      if (failures % 3 === 1) void loadMe();
    },
  });
}

export function stopListening(): void {
  live?.close();
  live = null;
  openSessions.value = null;
  endedSessions.value = [];
  online.value = true;
}
