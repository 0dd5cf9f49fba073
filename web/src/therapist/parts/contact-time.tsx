import { clockText } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { serverNow } from "../../lib/server-time";
import type { Session } from "../../lib/types";
import { useRedraw } from "../../ui";
import { clock, placeId } from "../state/place";

/**
 * Time elapsed since contact, and the connected part beside it, on pages beside the room.
 *
 * Where the therapist is present the node's clock says both; else control's copy of it, which is
 * some seconds old, and the elapsed part goes on by the server's time.
 */
export function ContactTime({ session }: { session: Session }) {
  useRedraw(1_000);
  if (session.contact_at === null) return null;
  const node = placeId.value === session.id ? clock.value : null;
  const elapsed = node?.elapsed_s ?? (serverNow() - Date.parse(session.contact_at)) / 1000;
  const connected = node?.connected_s ?? session.connected_s;
  return (
    <span class="small num" data-testid="contact-time">
      {clockText(elapsed)}{" "}
      <span class="soft">{t("room.connected", { time: clockText(connected) })}</span>
    </span>
  );
}
