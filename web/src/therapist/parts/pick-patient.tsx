import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { Button, Dialog, DialogFoot, Face, SearchField } from "../../ui";
import { api, type Patient } from "../api";
import { useAction } from "../hooks";
import { isWaiting, sessionOf } from "../state/sessions";
import { openWaitingRoom } from "./open-waiting-room";
import { Paged, usePagedList } from "./paged";
import { Trouble } from "./trouble";

/** The pop-up of ONLINE SESSIONS: search, choose exactly one patient, START. */
export function PickPatient({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const list = usePagedList(api.patients);
  const { busy, error, run } = useAction();
  const found = list.listed.value.items ?? [];
  const shown = found.some(({ id }) => id === chosen);
  const start = async (event: Event) => {
    event.preventDefault();
    if (chosen && shown && (await run(() => openWaitingRoom(chosen)))) onClose();
  };
  return (
    <Dialog title={t("pick.title")} closeLabel={t("go.cancel")} onClose={onClose}>
      <form class="stack loose" onSubmit={(event) => void start(event)}>
        <SearchField
          label={t("pick.search")}
          value={text}
          onText={(typed) => {
            setText(typed);
            list.type(typed);
          }}
          autofocus
          data-testid="pick-search"
        />
        <fieldset class="pick-list">
          <legend class="only-heard">{t("pick.list")}</legend>
          <Paged list={list} none={found.length > 0 ? null : noPatients}>
            {found.map((patient) => (
              <PickRow
                key={patient.id}
                patient={patient}
                chosen={chosen === patient.id}
                onChoose={() => setChosen(patient.id)}
              />
            ))}
          </Paged>
        </fieldset>
        <Trouble error={error} />
        <DialogFoot>
          <Button onClick={onClose}>{t("go.cancel")}</Button>
          <Button type="submit" kind="primary" disabled={busy || !shown} data-testid="pick-start">
            {t("pick.start")}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

function noPatients(search: string): string {
  return search ? t("patients.none_found", { text: search }) : t("pick.none");
}

interface PickRowProps {
  patient: Patient;
  chosen: boolean;
  onChoose: () => void;
}

function PickRow({ patient, chosen, onChoose }: PickRowProps) {
  const session = sessionOf(patient.id);
  const waits = session !== null && isWaiting(session);
  return (
    <label class="pick-row">
      <input
        type="radio"
        name="patient"
        value={patient.id}
        checked={chosen}
        data-testid="pick-patient"
        onChange={onChoose}
      />
      <Face name={patient.name} size="little" here={waits} />
      <span class="name grow">{patient.name}</span>
      {waits && <span class="small clay">{t("patients.waiting")}</span>}
    </label>
  );
}
