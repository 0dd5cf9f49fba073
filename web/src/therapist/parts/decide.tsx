import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { nearDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { announce, Button, Dialog, firstName } from "../../ui";
import { api, type Patient } from "../api";
import { useAction, useLoad } from "../hooks";
import { CONSULTATIONS } from "../routes";
import { consultationsChanged } from "../state/consultations";
import { leave, placeId } from "../state/place";
import { navigate } from "../state/router";
import { forget, sessionOf } from "../state/sessions";
import { Ask } from "./ask";
import { PatientAdded } from "./patient-added";
import { PatientForm } from "./patient-form";
import { Trouble } from "./trouble";

/** The guest who was made a patient just now: what showed the button may be gone by then. */
const added = signal<Patient | null>(null);

interface DecideProps {
  /** Of the guest, and of the consultation. */
  id: string;
  name: string;
  /** False where nobody was met. */
  withAdd?: boolean;
  /** Where "Later" stands too; in the room there is nothing to put off yet. */
  withLater?: boolean;
  compact?: boolean;
  onDiscarded?: () => void;
  /** Once it is added or put off. */
  onDecided?: () => void;
}

/** Add as patient, decide later, discard. */
export function Decide(props: DecideProps) {
  const { id, name, withAdd = true, withLater, compact, onDiscarded, onDecided } = props;
  const [open, setOpen] = useState<"add" | "discard" | null>(null);
  const { busy, error, run, clear } = useAction(id);
  const size = compact ? "compact" : "normal";
  const later = async () => {
    const kept = await run(async () => {
      const { erase_at } = await api.decideLater(id);
      announce(t("first.put_off_said", { date: nearDay(erase_at) }));
    });
    if (kept) decided();
  };
  const decided = () => {
    setOpen(null);
    consultationsChanged();
    onDecided?.();
  };
  return (
    <>
      {withAdd && (
        <Button
          kind="tint"
          size={size}
          aria-label={t("first.add_for", { name })}
          data-testid="first-add"
          onClick={() => setOpen("add")}
        >
          {t("first.add")}
        </Button>
      )}
      {withLater && (
        <Button
          size={size}
          disabled={busy}
          aria-label={t("first.put_off_for", { name })}
          data-testid="first-later"
          onClick={() => void later()}
        >
          {t(compact ? "first.put_off" : "first.put_off_long")}
        </Button>
      )}
      <Button
        kind="quiet"
        size={size}
        aria-label={t("first.discard_for", { name })}
        data-testid="first-discard"
        onClick={() => setOpen("discard")}
      >
        {t("first.discard")}
      </Button>
      <Trouble error={error} onClose={clear} />
      {open === "add" && <AddGuest id={id} onClose={() => setOpen(null)} onAdded={decided} />}
      {open === "discard" && (
        <Discard
          id={id}
          onClose={() => setOpen(null)}
          onDiscarded={() => {
            consultationsChanged();
            onDiscarded?.();
          }}
        />
      )}
    </>
  );
}

interface AddGuestProps {
  id: string;
  onClose: () => void;
  onAdded: () => void;
}

/** The patient's form, with the name that the guest gave. */
function AddGuest({ id, onClose, onAdded }: AddGuestProps) {
  const { data: one, error, reload } = useLoad(() => api.consultation(id), id);
  return (
    <Dialog title={t("first.add")} closeLabel={t("go.cancel")} onClose={onClose}>
      <p class="soft">{t("first.add_text")}</p>
      {!one && <Trouble error={error} onRetry={reload} />}
      {one && (
        <PatientForm
          start={{ name: one.name, email: one.email, phone: one.phone, language: one.language }}
          submit={t("first.add_yes")}
          onCancel={onClose}
          onSave={async (form) => {
            added.value = await api.addGuest(id, form);
            onAdded();
          }}
        />
      )}
    </Dialog>
  );
}

/** After it: the new link. Stands once in the application. */
export function GuestAdded() {
  const patient = added.value;
  const inside = placeId.value !== null;
  if (!patient) return null;
  return (
    <PatientAdded
      patient={patient}
      text={t("first.added_text", { name: firstName(patient.name) })}
      withProfile={!inside}
      onClose={() => {
        added.value = null;
      }}
    />
  );
}

interface DiscardProps {
  id: string;
  onClose: () => void;
  onDiscarded: () => void;
}

function Discard({ id, onClose, onDiscarded }: DiscardProps) {
  const { busy, error, run } = useAction(id);
  const session = sessionOf(id);
  const discard = async () => {
    if (!(await run(() => api.discardConsultation(id)))) return;
    if (session && placeId.peek() === session.id) leave();
    announce(t("first.discarded"));
    onDiscarded();
    forget(id);
  };
  return (
    <>
      <Ask
        title={t("first.discard_title")}
        text={t(session?.gate_open ? "first.discard_running" : "first.discard_text")}
        yes={t("first.discard_yes")}
        busy={busy}
        onNo={onClose}
        onYes={() => void discard()}
      />
      <Trouble error={error} onClose={onClose} />
    </>
  );
}

/** After a decision that leaves nothing to stay for. */
export function toConsultations(): void {
  navigate(CONSULTATIONS, { replace: true });
}
