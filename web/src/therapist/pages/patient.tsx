import { Mail, Pencil, Phone, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { locale } from "../../i18n/core";
import { languageName } from "../../i18n/languages";
import { t } from "../../i18n/therapist";
import { ApiError } from "../../lib/api";
import { announce, Button, Dialog, Face, firstName } from "../../ui";
import { api, type Patient } from "../api";
import { useAction, useLoad, useTitle } from "../hooks";
import { ArchivedSince, ArchivePatient } from "../parts/archive";
import { Ask } from "../parts/ask";
import { LastCheck } from "../parts/last-check";
import { LinkBox } from "../parts/link-box";
import { OpenWaitingRoomButton } from "../parts/open-waiting-room";
import { Paged, usePagedList } from "../parts/paged";
import { PatientForm } from "../parts/patient-form";
import { SessionRows } from "../parts/session-rows";
import { SettingSwitches } from "../parts/setting";
import { Trouble } from "../parts/trouble";
import { navigate } from "../state/router";
import { endedSessions, isWaiting, sessionOf } from "../state/sessions";
import { LostPage } from "./lost";

/** One patient: contact, setting, link, sessions, and the session icon. */
export function PatientPage({ id }: { id: string }) {
  const { data: patient, error, reload } = useLoad(() => api.patient(id), id);
  useTitle(patient?.name ?? t("patients.title"));
  if (error instanceof ApiError && error.status === 404) return <LostPage />;
  if (!patient) return <Trouble error={error} onRetry={reload} />;
  return (
    <div class="stack wide-gap">
      <Head patient={patient} />
      <div class="columns">
        <Contact patient={patient} onChanged={reload} />
        <section class="card padded stack">
          <h2 class="label">{t("patient.link")}</h2>
          <LinkBox patientId={id} name={patient.name} full />
        </section>
      </div>
      <section class="card padded stack">
        <h2 class="label">{t("patient.setting")}</h2>
        <SettingSwitches
          patientId={id}
          name={patient.name}
          pushed={sessionOf(id)?.setting ?? null}
        />
      </section>
      <Sessions patient={patient} />
      <div class="row wrap">
        <ArchivePatient patient={patient} onChanged={reload} />
        <Delete patient={patient} />
      </div>
    </div>
  );
}

function Head({ patient }: { patient: Patient }) {
  const session = sessionOf(patient.id);
  const waits = session !== null && isWaiting(session);
  return (
    <header class="page-head">
      <Face name={patient.name} size="large" here={waits} />
      <div class="grow">
        <h1 data-testid="profile-name">{patient.name}</h1>
        {waits && <p class="small clay">{t("patients.waiting")}</p>}
        <ArchivedSince patient={patient} />
        <p>
          <LastCheck check={patient.last_check} />
        </p>
      </div>
      <OpenWaitingRoomButton patientId={patient.id} name={patient.name} />
    </header>
  );
}

function Contact({ patient, onChanged }: { patient: Patient; onChanged: () => void }) {
  const [editing, setEditing] = useState(false);
  const { email, phone } = patient;
  return (
    <section class="card padded stack">
      <div class="row">
        <h2 class="label grow">{t("patient.contact")}</h2>
        <Button kind="quiet" size="compact" icon={Pencil} onClick={() => setEditing(true)}>
          {t("patient.edit")}
        </Button>
      </div>
      {email && (
        <a class="contact cut" href={`mailto:${email}`}>
          <Mail aria-hidden="true" />
          {email}
        </a>
      )}
      {phone && (
        <a class="contact" href={`tel:${phone.replaceAll(" ", "")}`}>
          <Phone aria-hidden="true" />
          {phone}
        </a>
      )}
      {!email && !phone && <p class="soft">{t("patient.no_contact")}</p>}
      <p class="small soft">
        {t("patient.language", { language: languageName(patient.language, locale.value) })}
      </p>
      {editing && (
        <Dialog title={patient.name} closeLabel={t("go.cancel")} onClose={() => setEditing(false)}>
          <PatientForm
            start={patient}
            submit={t("form.save")}
            onCancel={() => setEditing(false)}
            onSave={async (form) => {
              await api.changePatient(patient.id, form);
              setEditing(false);
              onChanged();
            }}
          />
        </Dialog>
      )}
    </section>
  );
}

function Sessions({ patient }: { patient: Patient }) {
  const list = usePagedList(
    (asked) => api.sessions({ ...asked, patient: patient.id }),
    endedSessions.value.length,
  );
  const found = list.listed.value.items ?? [];
  const none = () => t("patient.no_sessions", { name: firstName(patient.name) });
  return (
    <section class="stack">
      <h2 class="label">{t("patient.sessions")}</h2>
      <Paged list={list} none={found.length > 0 ? null : none}>
        {found.length > 0 && <SessionRows sessions={found} nameless />}
      </Paged>
    </section>
  );
}

function Delete({ patient }: { patient: Patient }) {
  const [asking, setAsking] = useState(false);
  const { busy, error, run } = useAction();
  const remove = async () => {
    const gone = await run(() => api.deletePatient(patient.id));
    setAsking(false);
    if (!gone) return;
    announce(t("patient.deleted", { name: patient.name }));
    navigate("/patients", { replace: true });
  };
  return (
    <section>
      <Button
        kind="quiet"
        icon={Trash2}
        data-testid="delete-patient"
        onClick={() => setAsking(true)}
      >
        {t("patient.delete")}
      </Button>
      <Trouble error={error} />
      {asking && (
        <Ask
          title={t("patient.delete_title", { name: patient.name })}
          text={t("patient.delete_text")}
          yes={t("patient.delete_yes")}
          busy={busy}
          onNo={() => setAsking(false)}
          onYes={() => void remove()}
        />
      )}
    </section>
  );
}
