import { FileUp } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { nearDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { Button, Face, SearchField, Switch } from "../../ui";
import { api, type Patient } from "../api";
import { useTitle } from "../hooks";
import { AddPatientButton } from "../parts/begin";
import { ImportPatients } from "../parts/import-patients";
import { LastCheck } from "../parts/last-check";
import { OpenWaitingRoomIcon } from "../parts/open-waiting-room";
import { Paged, usePagedList } from "../parts/paged";
import { type Column, Table } from "../parts/table";
import { patientPath } from "../routes";
import { keepSearch, searchText } from "../state/searches";
import { isWaiting, sessionOf } from "../state/sessions";

/** All patients: search first, then a table with the session icon on each row. */
export function PatientsPage() {
  useTitle(t("patients.title"));
  const text = searchText("patients");
  const [archived, setArchived] = useState(false);
  const [importing, setImporting] = useState(false);
  const asks = useRef(archived);
  asks.current = archived;
  const list = usePagedList(
    (asked) => api.patients(asks.current ? { ...asked, archived: "1" } : asked),
    archived,
    text,
  );
  const found = list.listed.value.items ?? [];
  return (
    <>
      <header class="page-head">
        <h1 class="grow">{t("patients.title")}</h1>
        <Button
          kind="quiet"
          icon={FileUp}
          data-testid="import-patients"
          onClick={() => setImporting(true)}
        >
          {t("import.do")}
        </Button>
        <AddPatientButton onAdded={() => list.reload()} />
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
        <div class="archived-switch">
          <Switch
            label={t("patients.archived")}
            on={archived}
            onChange={setArchived}
            data-testid="show-archived"
          />
        </div>
        <Paged list={list} none={found.length > 0 ? null : noPatients}>
          {found.length > 0 && (
            <Table
              label={t("list.patients")}
              columns={patientColumns()}
              rows={found}
              markOf={markOf}
              data-testid="patient-row"
            />
          )}
        </Paged>
      </div>
      {importing && (
        <ImportPatients
          onDone={() => {
            setImporting(false);
            list.reload();
          }}
          onClose={() => setImporting(false)}
        />
      )}
    </>
  );
}

function noPatients(search: string): string {
  return search ? t("patients.none_found", { text: search }) : t("patients.none");
}

function patientColumns(): Column<Patient>[] {
  return [
    { title: t("list.name"), cell: (patient) => <Name patient={patient} /> },
    {
      title: t("list.contact"),
      kind: "soft",
      cell: ({ email, phone }) => (email ?? phone) && <span class="cut">{email ?? phone}</span>,
    },
    {
      title: t("list.last"),
      kind: "soft",
      told: true,
      cell: ({ last_session_at: at }) => (at ? nearDay(at) : t("patients.never")),
    },
    {
      title: t("list.link"),
      told: true,
      cell: ({ link_state }) => (
        <span class={link_state === "valid" ? "soft" : "clay"}>
          {t(`link.state_${link_state}`)}
        </span>
      ),
    },
    { title: t("list.state"), cell: (patient) => <State patient={patient} /> },
    {
      title: t("patient.room"),
      untitled: true,
      kind: "door",
      cell: ({ id, name }) => <OpenWaitingRoomIcon patientId={id} name={name} />,
    },
  ];
}

function Name({ patient }: { patient: Patient }) {
  return (
    <span class="row">
      <Face name={patient.name} size="little" here={markOf(patient) === "waits"} />
      <a class="name" href={patientPath(patient.id)}>
        {patient.name}
      </a>
    </span>
  );
}

/** What is so of this patient alone, at this moment. */
function State({ patient }: { patient: Patient }) {
  const mark = markOf(patient);
  if (mark === "talks") return <span class="accent">{t("card.contact")}</span>;
  if (mark === "waits") return <span class="clay">{t("patients.waiting")}</span>;
  if (patient.archived_at) return <span class="soft">{t("patients.state_archived")}</span>;
  return <LastCheck check={patient.last_check} />;
}

function markOf({ id }: Patient): "waits" | "talks" | null {
  const session = sessionOf(id);
  if (session?.gate_open) return "talks";
  return session && isWaiting(session) ? "waits" : null;
}
