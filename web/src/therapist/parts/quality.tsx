import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { now } from "../hooks";
import { qualityOf } from "../quality";

/** A shape and a word; nothing where nothing is known. */
export function Quality({ session }: { session: Session }) {
  const level = qualityOf(session, now.value);
  if (level === null) return null;
  return <span class={`mark ${level}`}>{t(`level.${level}`)}</span>;
}
