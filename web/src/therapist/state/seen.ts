import type { Session } from "../../lib/types";
import { api } from "../api";
import { asMe } from "./account";
import { route } from "./router";
import { waitingSessions } from "./sessions";

/** What a person does at a page; a page that lies open does none of it. */
const ACTS = ["pointerdown", "pointermove", "keydown", "wheel"] as const;

/**
 * Tell control whose card the therapist has seen, so that no message is sent to her about it. Seen
 * means that somebody uses a page that shows the card. Call once; returns the way to stop.
 */
export function tellWhoIsSeen(): () => void {
  const told = new Set<string>();
  const act = () => {
    for (const session of waitingSessions.peek()) {
      const wait = `${session.id} ${session.waiting_since ?? ""}`;
      if (told.has(wait) || !isShown(session)) continue;
      told.add(wait);
      asMe(api.see(session.id)).catch(() => told.delete(wait));
    }
  };
  for (const each of ACTS) addEventListener(each, act, { passive: true });
  return () => {
    for (const each of ACTS) removeEventListener(each, act);
  };
}

/** Every page with the side menu has a card for whoever waits. */
function isShown(session: Session): boolean {
  const { value } = route;
  const isPlace = value.page === "room" || value.page === "waiting";
  return !isPlace || value.id === session.id;
}
