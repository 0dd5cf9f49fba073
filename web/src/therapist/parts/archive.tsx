import { Archive, ArchiveRestore } from "lucide-preact";
import { useState } from "preact/hooks";
import { fullDate } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { announce, Button, Dialog, DialogFoot } from "../../ui";
import { api, type Patient } from "../api";
import { useAction } from "../hooks";
import { Trouble } from "./trouble";

interface ArchiveProps {
  patient: Patient;
  onChanged: () => void;
}

/** Take a patient out of the list, after asking what becomes of the link; or put them back. */
export function ArchivePatient({ patient, onChanged }: ArchiveProps) {
  const [asking, setAsking] = useState(false);
  const { busy, error, run } = useAction();
  const { id, name } = patient;
  const archive = async (revoke: boolean) => {
    const done = await run(async () => {
      if (revoke) await api.revokeInvitation(id);
      await api.archivePatient(id);
    });
    setAsking(false);
    if (!done) return;
    announce(t("archive.done", { name }));
    onChanged();
  };
  const restore = async () => {
    if (!(await run(() => api.restorePatient(id)))) return;
    announce(t("archive.restored", { name }));
    onChanged();
  };
  return (
    <>
      {patient.archived_at ? (
        <Button
          kind="quiet"
          icon={ArchiveRestore}
          disabled={busy}
          data-testid="restore-patient"
          onClick={() => void restore()}
        >
          {t("archive.restore")}
        </Button>
      ) : (
        <Button
          kind="quiet"
          icon={Archive}
          data-testid="archive-patient"
          onClick={() => setAsking(true)}
        >
          {t("archive.do")}
        </Button>
      )}
      <Trouble error={error} />
      {asking && (
        <Dialog
          title={t("archive.title", { name })}
          closeLabel={t("go.cancel")}
          onClose={() => setAsking(false)}
        >
          <p>{t("archive.text", { name })}</p>
          <DialogFoot>
            <Button onClick={() => setAsking(false)}>{t("go.cancel")}</Button>
            {patient.link_state === "valid" && (
              <Button
                disabled={busy}
                data-testid="archive-revoke"
                onClick={() => void archive(true)}
              >
                {t("archive.revoke")}
              </Button>
            )}
            <Button
              kind="primary"
              disabled={busy}
              data-testid="archive-keep"
              onClick={() => void archive(false)}
            >
              {t("archive.keep")}
            </Button>
          </DialogFoot>
        </Dialog>
      )}
    </>
  );
}

export function ArchivedSince({ patient }: { patient: Patient }) {
  if (!patient.archived_at) return null;
  return <p class="small soft">{t("archive.is", { date: fullDate(patient.archived_at) })}</p>;
}
