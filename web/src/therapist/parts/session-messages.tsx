import { Mail, MessageSquare } from "lucide-preact";
import { nearDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { firstName, Note } from "../../ui";
import { api } from "../api";
import { useLoad } from "../hooks";
import { type Message, messagesTo, sentFor } from "../state/messages";
import { smsHint, troubleOf } from "./sent";
import { Trouble } from "./trouble";

/** What went to the patient for this session, and whether it arrived. */
export function SessionMessages({ session }: { session: Session }) {
  const { patient_id, patient_name } = session;
  const { data, error, reload } = useLoad(() => api.messages(patient_id), patient_id);
  const items = sentFor(session, messagesTo(patient_id, data?.items));
  const hint = smsHint(items, firstName(patient_name));
  const troubles = items.flatMap((item) => troubleOf(item, firstName(patient_name)) ?? []);
  return (
    <section class="card padded stack" data-testid="session-messages">
      <h2 class="label">{t("over.messages")}</h2>
      <Trouble error={error} onRetry={reload} />
      {data && items.length === 0 && <p class="soft">{t("over.no_messages")}</p>}
      {[...new Set(troubles)].map((trouble) => (
        <Note key={trouble} trouble>
          {trouble}
        </Note>
      ))}
      {items.length > 0 && (
        <ul class="sent-for">
          {items.map((item) => (
            <Sent key={item.id} item={item} />
          ))}
        </ul>
      )}
      {hint && <p class="small soft">{hint}</p>}
    </section>
  );
}

function Sent({ item }: { item: Message }) {
  const Icon = item.channel === "email" ? Mail : MessageSquare;
  return (
    <li>
      <Icon aria-hidden="true" />
      <span class="grow">
        {t(item.kind === "alert" ? "sent.alert" : "sent.link")}, {t(`alert.${item.channel}`)}
        <span class="sub soft small num">{nearDay(item.created_at)}</span>
      </span>
      <span class={stateClass(item.state)}>{t(`sent.${item.state}`)}</span>
    </li>
  );
}

function stateClass(state: Message["state"]): string {
  if (state === "delivered") return "good";
  return state === "refused" || state === "failed" || state === "expired" ? "clay" : "soft";
}
