import { effect, signal } from "@preact/signals";
import { t } from "../../i18n/therapist";
import { Sounds } from "../../lib/sounds";
import { storageOf } from "../../lib/storage";
import type { Session } from "../../lib/types";
import { announce } from "../../ui";
import { Bell } from "../bell";
import { navigate, route } from "./router";
import { openSessions, waitingSessions } from "./sessions";

const MUTED_KEY = "visavis.bell-muted";
const storage = storageOf(() => sessionStorage);

export const sounds = new Sounds();
/** The therapist has silenced the bell, until this tab is closed: tomorrow it rings again. */
export const muted = signal(storage.getItem(MUTED_KEY) === "1");
/** Whether the browser lets this page sound: only after a click or a key. */
export const audible = signal(false);
/** What the browser says about desktop notifications. */
export const notifications = signal<NotificationPermission | "missing">(
  "Notification" in globalThis ? Notification.permission : "missing",
);
/** What stands in the tab before " · Visavis". */
export const pageTitle = signal("");

const inFront = signal(true);
const bell = new Bell();

/** Notice whoever waits: sound, desktop, tab title, screen reader. Call once. */
export function payAttention(): void {
  watchWindow();
  unlockSound();
  watchWaitingRoom();
  effect(() => {
    const n = waitingSessions.value.length;
    const title = pageTitle.value ? `${pageTitle.value} · Visavis` : "Visavis";
    document.title = n > 0 ? `(${n}) ${title}` : title;
  });
}

export function setMuted(silent: boolean): void {
  muted.value = silent;
  storage.setItem(MUTED_KEY, silent ? "1" : "");
}

/** Ask the browser to allow desktop notifications; call inside a click. */
export async function allowNotifications(): Promise<void> {
  notifications.value = await Notification.requestPermission();
}

function watchWaitingRoom(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const step = () => {
    clearTimeout(timer);
    const now = performance.now();
    const { ring, arrived, nextAt } = bell.step({
      waiting: waitingSessions.value,
      sees,
      muted: muted.value,
      inContact: (openSessions.value ?? []).some((session) => session.gate_open),
      now,
    });
    if (ring) sounds.ring();
    if (arrived.length > 0) tell(arrived);
    if (nextAt !== null) timer = setTimeout(step, Math.max(0, nextAt - now));
  };
  effect(step);
}

function sees(session: Session): boolean {
  const { value } = route;
  if (!inFront.value) return false;
  return value.page === "home" || ("id" in value && value.id === session.id);
}

function tell(arrived: readonly Session[]): void {
  const coming = arrived.filter((session) => session.state !== "held");
  for (const session of coming) announce(t("home.arrived", { name: session.patient_name }));
  if (coming.length > 0 && !inFront.peek()) notify();
}

/** Who it is stays on the page: a desktop may have other readers. */
function notify(): void {
  if (notifications.peek() !== "granted") return;
  const note = new Notification(t("bell.note_title"), {
    body: t("bell.note"),
    tag: "visavis-waiting",
    icon: "/favicon.svg",
  });
  note.onclick = () => {
    window.focus();
    navigate("/");
    note.close();
  };
}

function watchWindow(): void {
  const update = () => {
    inFront.value = document.visibilityState === "visible" && document.hasFocus();
  };
  update();
  document.addEventListener("visibilitychange", update);
  addEventListener("focus", update);
  addEventListener("blur", update);
}

function unlockSound(): void {
  const unlock = () => {
    sounds.unlock();
    audible.value = true;
    removeEventListener("pointerdown", unlock);
    removeEventListener("keydown", unlock);
  };
  addEventListener("pointerdown", unlock);
  addEventListener("keydown", unlock);
}
