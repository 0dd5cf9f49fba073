import { UserPlus } from "lucide-preact";
import { useState } from "preact/hooks";
import { nearDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { Button, Face, SearchField } from "../../ui";
import { api, type Patient } from "../api";
import { useTitle } from "../hooks";
import { AddPatient } from "../parts/add-patient";
import { OpenWaitingRoomIcon } from "../parts/open-waiting-room";
import { Paged, usePagedList } from "../parts/paged";
import { patientPath } from "../routes";
import { keepSearch, searchText } from "../state/searches";
import { isWaiting, sessionOf } from "../state/sessions";

/** All patients: search first, then rows with the session icon. */
export function PatientsPage() {
  useTitle(t("patients.title"));
  const text = searchText("patients");
  const [adding, setAdding] = useState(false);
  const list = usePagedList(api.patients, null, text);
  const found = list.listed.value.items ?? [];
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
          onText={(typed) => {
            keepSearch("patients", typed);
            list.type(typed);
          }}
          data-testid="search-patients"
        />
        <Paged list={list} none={found.length > 0 ? null : noPatients}>
          {found.length > 0 && (
            <ul class="card rows" aria-label={t("pick.list")}>
              {found.map((patient) => (
                <PatientRow key={patient.id} patient={patient} />
              ))}
            </ul>
          )}
        </Paged>
      </div>
      {adding && <AddPatient onAdded={() => list.reload()} onClose={() => setAdding(false)} />}
    </>
  );
}

function noPatients(search: string): string {
  return search ? t("patients.none_found", { text: search }) : t("patients.none");
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
