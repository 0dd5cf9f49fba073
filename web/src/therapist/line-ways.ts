/**
 * By which ways a browser reached the server, and what it says of its own last seconds, as words.
 * Pure but for the page's language.
 */
import { numberText } from "../i18n/format";
import { t } from "../i18n/therapist";
import type { PageWord, Proof, ReachReport } from "../lib/types";

type Way = "udp" | "tcp" | "turn";
type Known = Pick<Proof, "transit" | "page" | "check">;

/** The packets take a longer way than they would where the network lets them. */
export function isRoundabout({ transit, page }: Known): boolean {
  return transit === "tcp" || page?.relayed === true;
}

/** The straight way was tried from there, and nothing came by it. */
export function isStraightBlocked({ check }: Known): boolean {
  return check?.reach?.udp.state === "blocked";
}

/** "UDP", "TCP, the backup route": the way in use. */
export function routeText({ transit, page }: Known): string {
  if (transit === "tcp") return t("line.way_tcp");
  if (page?.relayed) return t("line.way_turn");
  return t(transit === "udp" ? "line.way_udp" : "line.unknown");
}

/** "after 23 ms", "blocked", "not tried": one way, as the last check found it. */
export function wayText(reach: ReachReport | null | undefined, way: Way): string {
  const { state, took_ms } = reach?.[way] ?? { state: "other", took_ms: null };
  if (state === "blocked") return t("line.way_blocked");
  if (state === "not_tried") return t("line.way_not_tried");
  if (state !== "reached") return t("line.none");
  return took_ms === null ? t("line.way_later") : t("line.way_after", { ms: numberText(took_ms) });
}

/** "2 times, 1.3 s in all": the other side's picture there. */
export function freezesText(page: PageWord | null): string {
  const { freezes = null, frozen_ms = null } = page ?? {};
  if (freezes === null || frozen_ms === null) return t("line.none");
  if (freezes === 0) return t("line.froze_never");
  return t("line.froze_times", { n: numberText(freezes), s: numberText(frozen_ms / 1000, 1) });
}

/** "0.4 %": of the sound played there. */
export function concealedText(page: PageWord | null): string {
  const ratio = page?.concealed_ratio ?? null;
  return ratio === null ? t("line.none") : t("line.percent", { n: numberText(ratio * 100, 1) });
}

/** "by the device", "by the line": why the picture from there is smaller than it could be. */
export function limitText(page: PageWord | null): string {
  const reason = page?.limited_by ?? null;
  return reason === null ? t("line.none") : t(`line.limited_${reason}`);
}
