import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { firstName } from "../../ui";
import { Decide, toConsultations } from "./decide";

/** In the `<<` menu of a first consultation: what becomes of it may be decided during it. */
export function FirstMenu({ session }: { session: Session }) {
  if (!session.is_guest) return null;
  const name = firstName(session.patient_name);
  return (
    <section class="stack" data-testid="first-menu">
      <h3 class="label">{t("first.decide")}</h3>
      <p class="small soft">{t("first.decide_text", { name })}</p>
      <div class="row wrap">
        <Decide id={session.patient_id} name={name} onDiscarded={toConsultations} compact />
      </div>
    </section>
  );
}
