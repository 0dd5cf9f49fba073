/** What a row of FIRST CONSULTATIONS says. Pure but for the page's language. */
import { clockText, nearDay } from "../i18n/format";
import { t } from "../i18n/therapist";
import type { Session } from "../lib/types";
import type { Consultation } from "./api";

type Stage = Consultation["stage"];

/** Undecided ones are pointed at for so long before they are erased, in milliseconds. */
const SOON_MS = 7 * 86_400_000;
/** How many of the four bars are full: link made, opened, in the waiting room, met. */
const BARS: Readonly<Record<Stage, number>> = {
  unopened: 1,
  opened: 2,
  waiting: 3,
  in_contact: 4,
  met: 4,
  later: 4,
  expired: 1,
  withdrawn: 1,
};

/** Where it stands by the session as pushed, which is newer than the list. */
export function stageNow(one: Consultation, session: Session | null): Stage {
  if (session?.gate_open) return "in_contact";
  if (session && (session.patient_present || session.patient_reconnecting)) return "waiting";
  // Who was here when the list was loaded and is not any more: the link is opened, or they met.
  if (one.stage === "waiting" || one.stage === "in_contact") return one.met_at ? "met" : "opened";
  return one.stage;
}

export function bars(stage: Stage): number {
  return BARS[stage];
}

export function stageWords(stage: Stage): string {
  return t(`first.${stage}`);
}

/** The line below the state. */
export function stageMore(one: Consultation, stage: Stage): string | null {
  if (stage === "unopened") return t("first.until", { date: nearDay(one.expires_at) });
  if (stage === "opened" && one.claimed_at)
    return t("first.opened_at", { date: nearDay(one.claimed_at) });
  if ((stage === "met" || stage === "later") && one.met_at)
    return t("first.met_at", { date: nearDay(one.met_at), time: clockText(one.wall_s) });
  return null;
}

/** What became of the message with the present link; null where none was sent. */
export function sentWords(
  one: Pick<Consultation, "sent_at">,
  sent: Consultation["sent"] | undefined,
): { text: string; failed: boolean } | null {
  // One from before the present link was made says nothing of this one.
  if (!sent || Date.parse(sent.created_at) < Date.parse(one.sent_at)) return null;
  const failed = sent.state === "refused" || sent.state === "failed" || sent.state === "expired";
  return { text: `${t(`alert.${sent.channel}`)}: ${t(`sent.${sent.state}`)}`, failed };
}

export function isErasedSoon(one: Consultation, now: number): boolean {
  return one.session_id === null && Date.parse(one.erase_at) - now < SOON_MS;
}

/** They met, it is over, and the decision is open: not put off, or put off for almost too long. */
export function isUndecided(one: Consultation, session: Session | null, now: number): boolean {
  if (session !== null || one.session_id !== null || one.met_at === null) return false;
  return stageNow(one, null) === "met" || isErasedSoon(one, now);
}

/** The person's name, or what they are called before they gave one. */
export function guestName(one: Consultation): string {
  return one.name || t("first.guest");
}
