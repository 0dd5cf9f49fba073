import { UserPlus } from "lucide-preact";
import { useState } from "preact/hooks";
import { nearDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { Button, Face, SearchField } from "../../ui";
import { api, type Patient } from "../api";
import { useLoad, useTitle } from "../hooks";
import { AddPatient } from "../parts/add-patient";
import { OpenWaitingRoomIcon } from "../parts/open-waiting-room";
import { Trouble } from "../parts/trouble";
import { patientPath } from "../routes";
import { matches } from "../search";
import { isWaiting, sessionOf } from "../state/sessions";

/** All patients: search first, then rows with the session icon. */
export function PatientsPage() {
  useTitle(t("patients.title"));
  const [text, setText] = useState("");
  const [adding, setAdding] = useState(false);
  const { data, error, reload } = useLoad(() => api.patients());
  const found = (data ?? []).filter((patient) => matches(patient.name, text));
  return (
    <>
      <header class="page-head">
        <h1 class="grow">{t("patients.title")}</h1>
        <Button
          kind="primary"
          icon={UserPlus}
          data-testid="add-patient"
          onClick={() => setAdding(true)}
        >
          {t("patients.add")}
        </Button>
      </header>
      <div class="stack wide-gap">
        <SearchField
          label={t("patients.search")}
          value={text}
          onText={setText}
          data-testid="search-patients"
        />
        <Trouble error={error} onRetry={reload} />
        {found.length > 0 && (
          <ul class="card rows" aria-label={t("patients.count", { n: found.length })}>
            {found.map((patient) => (
              <PatientRow key={patient.id} patient={patient} />
            ))}
          </ul>
        )}
        {data && found.length === 0 && (
          <p class="soft">
            {data.length === 0 ? t("patients.none") : t("patients.none_found", { text })}
          </p>
        )}
      </div>
      {adding && <AddPatient onAdded={reload} onClose={() => setAdding(false)} />}
    </>
  );
}

function PatientRow({ patient }: { patient: Patient }) {
  const session = sessionOf(patient.id);
  const waits = session !== null && isWaiting(session);
  return (
    <li class="line patient" data-testid="patient-row">
      <Face name={patient.name} size="little" here={waits} />
      <a class="name" href={patientPath(patient.id)}>
        {patient.name}
      </a>
      <span class="when soft">
        {waits ? (
          <span class="clay">{t("patients.waiting")}</span>
        ) : (
          <LastSession at={patient.last_session_at} />
        )}
      </span>
      <span class="how soft small">
        {t("patients.col_link")}: {t(`link.state_${patient.link_state}`)}
      </span>
      <OpenWaitingRoomIcon patientId={patient.id} name={patient.name} />
    </li>
  );
}

function LastSession({ at }: { at: string | null }) {
  return (
    <>
      <span class="only-heard">{t("patients.col_last")}: </span>
      {at ? nearDay(at) : t("patients.never")}
    </>
  );
}
