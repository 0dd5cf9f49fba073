import { Mail, MessageSquare } from "lucide-preact";
import { nearDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { Button, firstName, Note } from "../../ui";
import { api, type Patient, type PatientMessages } from "../api";
import { useAction, useLoad } from "../hooks";
import { type Message, messagesTo } from "../state/messages";
import { Trouble } from "./trouble";

const SHOWN = 3;
type Channel = "email" | "sms";

interface SentProps {
  patientId: string;
  name: string;
  loaded: PatientMessages | null;
}

/** What was sent to a patient lately, what became of it, and what to do where it did not arrive. */
export function SentMessages({ patientId, name, loaded }: SentProps) {
  const items = messagesTo(patientId, loaded?.items);
  const shown = items.slice(0, SHOWN);
  const last = shown[0];
  const trouble = last ? troubleOf(last, firstName(name)) : null;
  const hint = smsHint(shown, firstName(name));
  if (!last) return null;
  return (
    <div class="stack" role="status" data-testid="sent">
      {trouble && <Note trouble>{trouble}</Note>}
      <ul class="sent small">
        {shown.map((item) => (
          <li key={item.id} class="row">
            {item.channel === "email" ? (
              <Mail aria-hidden="true" />
            ) : (
              <MessageSquare aria-hidden="true" />
            )}
            <span>
              {[
                t(item.kind === "alert" ? "sent.alert" : "sent.link"),
                t(`alert.${item.channel}`),
                nearDay(item.created_at),
                t(`sent.${item.state}`),
              ].join(" · ")}
            </span>
          </li>
        ))}
      </ul>
      {hint && <p class="small soft">{hint}</p>}
    </div>
  );
}

type Outcome = Pick<Message, "channel" | "state" | "failure">;

/** What to do about a message that did not arrive; null where there is nothing to do. */
export function troubleOf(message: Outcome, name: string): string | null {
  switch (message.state) {
    case "refused":
      return t(refusalKey(message), { name });
    case "expired":
      return t("sent.trouble_late", { name });
    case "failed":
      return t("sent.trouble_unknown", { name });
    default:
      return null;
  }
}

function refusalKey({ channel, failure }: Outcome) {
  if (channel === "sms") return "sent.trouble";
  switch (failure) {
    case "no_such_address":
      return "sent.no_such_address";
    case "mailbox_full":
      return "sent.mailbox_full";
    case "refused":
      return "sent.refused_there";
    case "given_up":
      return "sent.given_up";
    default:
      return "sent.trouble";
  }
}

/** What "sent" means of an SMS, where a list says it of one; null where it does not. */
export function smsHint(shown: readonly Message[], name: string): string | null {
  const isSaid = shown.some((one) => one.channel === "sms" && one.state === "delivered");
  return isSaid ? t("sent.sms_taken", { name }) : null;
}

/** Buttons that send a patient their link. */
export function SendLink({ patientId, name }: { patientId: string; name: string }) {
  const { data } = useLoad(
    async () => ({
      patient: await api.patient(patientId),
      sent: await api.messages(patientId),
    }),
    patientId,
  );
  const { busy, error, run } = useAction(patientId);
  if (!data) return null;
  const { patient, sent } = data;
  const troubles = [wayTrouble("email", patient, sent.ways), wayTrouble("sms", patient, sent.ways)];
  return (
    <div class="stack">
      <div class="row wrap">
        {(["email", "sms"] as const).map((channel, at) => (
          <Button
            key={channel}
            icon={channel === "email" ? Mail : MessageSquare}
            disabled={busy || troubles[at] !== null}
            data-testid={`send-link-${channel}`}
            onClick={() => void run(() => api.sendLink(patientId, channel))}
          >
            {t(`link.send_${channel}`)}
          </Button>
        ))}
      </div>
      {troubles.map(
        (trouble) =>
          trouble && (
            <p key={trouble} class="small soft">
              {trouble}
            </p>
          ),
      )}
      <Trouble error={error} name={name} />
      <SentMessages patientId={patientId} name={name} loaded={sent} />
    </div>
  );
}

/** Why nothing can be sent by a channel, as a sentence; null where it can. */
export function wayTrouble(
  channel: Channel,
  patient: Patient,
  ways: PatientMessages["ways"],
): string | null {
  if (ways[channel] === "off") return t(`alert.off_${channel}`);
  const address = channel === "email" ? patient.email : patient.phone;
  return address ? null : t(`alert.none_${channel}`, { name: firstName(patient.name) });
}
