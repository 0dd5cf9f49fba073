import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { firstName, Note } from "../../ui";

/** Sessions whose CUSTOMIZE SETTING was opened already: minimised and back, it stays as it was left. */
const opened = new Set<string>();

/** Whether CUSTOMIZE SETTING opens by itself: once, before the first session with a patient. */
export function opensByItself(session: Session): boolean {
  if (!session.is_first || opened.has(session.id)) return false;
  opened.add(session.id);
  return true;
}

/** Said before the first session with a patient. */
export function FirstSessionNote({ session }: { session: Session }) {
  if (!session.is_first) return null;
  const name = firstName(session.patient_name);
  return (
    <Note data-testid="first-session">
      <strong>{t("first_session.title", { name })}</strong> {t("first_session.text", { name })}
    </Note>
  );
}
