import { clockText } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { serverNow } from "../../lib/server-time";
import type { Session } from "../../lib/types";
import { useRedraw } from "../../ui";
import { clock, placeId } from "../state/place";

/**
 * Seconds elapsed since contact, and the connected part beside it, on pages beside the room.
 *
 * Where the therapist is present the node's clock says both; else control's copy of it, which is
 * some seconds old, and the elapsed part goes on by the server's time.
 */
export function contactTimes(session: Session): { elapsed: number; connected: number } {
  const node = placeId.value === session.id ? clock.value : null;
  const since = session.contact_at === null ? 0 : serverNow() - Date.parse(session.contact_at);
  return {
    elapsed: node?.elapsed_s ?? since / 1000,
    connected: node?.connected_s ?? session.connected_s,
  };
}

/** Both times in one line. */
export function ContactTime({ session }: { session: Session }) {
  useRedraw(1_000);
  if (session.contact_at === null) return null;
  const { elapsed, connected } = contactTimes(session);
  return (
    <span class="small num" data-testid="contact-time">
      {clockText(elapsed)}{" "}
      <span class="soft">{t("room.connected", { time: clockText(connected) })}</span>
    </span>
  );
}
