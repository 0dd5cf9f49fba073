import { useEffect } from "preact/hooks";
import type { Session } from "../lib/types";
import { api } from "./api";
import { type Loaded, useLoad } from "./hooks";
import { join, placeId } from "./state/place";
import { knownSession, learn, named, openSessions, runningSession } from "./state/sessions";

/** The session of an address: as pushed, or asked for when it is none of the open ones. */
export function useSession(id: string): Loaded<Session> {
  const known = knownSession(id);
  const missing = openSessions.value !== null && known === null;
  const loaded = useLoad(async () => (missing ? named(await api.session(id)) : null), missing);
  const { data } = loaded;
  useEffect(() => {
    if (data && !knownSession(id)) learn(data);
  }, [data]);
  return { ...loaded, data: known ?? data };
}

/** The session in which the therapist is in contact with somebody else, in whichever window. */
export function inContactElsewhere(id: string): Session | null {
  const running = runningSession.value;
  return running && running.id !== id ? running : null;
}

/** Be present in this session while its page is shown; leaving the page does not end it. */
export function usePresence(session: Session | null): void {
  const open = session !== null && session.state !== "ended";
  const elsewhere = session !== null && inContactElsewhere(session.id) !== null;
  useEffect(() => {
    if (session && open && !elsewhere && placeId.peek() !== session.id) join(session.id);
  }, [session?.id, open, elsewhere]);
}
