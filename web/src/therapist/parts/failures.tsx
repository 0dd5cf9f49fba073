import { X } from "lucide-preact";
import { t } from "../../i18n/therapist";
import { firstName, IconButton, Note } from "../../ui";
import type { ApiFailed } from "../api";
import { useAction } from "../hooks";
import { CONSULTATIONS } from "../routes";
import { dismissFailure } from "../state/failures";
import { failures } from "../state/messages";
import { troubleOf } from "./sent";
import { Trouble } from "./trouble";

interface FailureNotesProps {
  /** In the virtual room: those to its patient alone, without ways out of it. */
  only?: string;
}

/** Messages to patients that did not arrive: to whom, and what to do. */
export function FailureNotes({ only }: FailureNotesProps) {
  const shown = failures.value.filter((one) => only === undefined || one.patient_id === only);
  return (
    <div class="failures">
      {shown.map((one) => (
        <FailureNote key={one.id} one={one} inRoom={only !== undefined} />
      ))}
    </div>
  );
}

function FailureNote({ one, inRoom }: { one: ApiFailed; inRoom: boolean }) {
  const { busy, error, run } = useAction(one.id);
  const name = one.patient_name ? firstName(one.patient_name) : t("first.guest");
  return (
    <Note trouble>
      <span class="failure" data-testid="failed-message">
        <span class="grow">{troubleOf(one, name)}</span>
        {one.phone && (
          <a href={`tel:${one.phone}`} class="unbroken">
            {t("failed.call", { phone: one.phone })}
          </a>
        )}
        {!inRoom && (
          <a href={one.is_guest ? CONSULTATIONS : `/patients/${one.patient_id}`}>
            {t(one.is_guest ? "first.tab" : "over.profile")}
          </a>
        )}
        <IconButton
          icon={X}
          label={t("failed.dismiss", { name })}
          disabled={busy}
          data-testid="dismiss-failed"
          onClick={() => void run(() => dismissFailure(one.id))}
        />
      </span>
      <Trouble error={error} />
    </Note>
  );
}
