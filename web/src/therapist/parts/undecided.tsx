import { nearDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { Face } from "../../ui";
import { api, type Consultation } from "../api";
import { guestName, isErasedSoon, isUndecided, stageMore, stageNow } from "../consultations";
import { now, useLoad } from "../hooks";
import { CONSULTATIONS } from "../routes";
import { consultationsKey } from "../state/consultations";
import { sessionOf } from "../state/sessions";
import { Decide } from "./decide";

/** People who were met and are not patients yet: on Home until it is decided what becomes of them. */
export function Undecided() {
  // Without an answer there is nothing to say here: the list of all has words for it.
  const { data } = useLoad(api.consultations, consultationsKey());
  const ones = (data?.items ?? []).filter((one) => isUndecided(one, sessionOf(one.id), now.value));
  if (ones.length === 0) return null;
  return (
    <section class="block" aria-labelledby="undecided">
      <div class="block-head">
        <h2 class="label grow" id="undecided">
          {t("first.tab")}
        </h2>
        <a class="small" href={CONSULTATIONS}>
          {t("undecided.all")}
        </a>
      </div>
      <ul class="card undecided">
        {ones.map((one) => (
          <UndecidedOne key={one.id} one={one} />
        ))}
      </ul>
    </section>
  );
}

function UndecidedOne({ one }: { one: Consultation }) {
  const stage = stageNow(one, null);
  return (
    <li data-testid="undecided">
      <Face name={guestName(one)} />
      <div class="stack tight grow">
        <div class="who">
          <span class="name">{guestName(one)}</span>
          <span class="small soft num">
            {t("undecided.met", { when: stageMore(one, stage) ?? "" })}
          </span>
        </div>
        {one.note && <span class="small soft">{one.note}</span>}
        {isErasedSoon(one, now.value) && (
          <span class="small clay num">
            {t("first.erased_soon", { date: nearDay(one.erase_at) })}
          </span>
        )}
      </div>
      <div class="row wrap">
        <Decide id={one.id} name={guestName(one)} withLater compact />
      </div>
    </li>
  );
}
