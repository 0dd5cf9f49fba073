import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { Button, Dialog, DialogFoot, Face, SearchField } from "../../ui";
import { api, type Patient } from "../api";
import { useAction, useLoad } from "../hooks";
import { matches } from "../search";
import { isWaiting, sessionOf } from "../state/sessions";
import { openWaitingRoom } from "./open-waiting-room";
import { Trouble } from "./trouble";

/** The pop-up of ONLINE SESSIONS: search, choose exactly one patient, START. */
export function PickPatient({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const { data, error, reload } = useLoad(() => api.patients());
  const { busy, error: failed, run } = useAction();
  const found = (data ?? []).filter((patient) => matches(patient.name, text));
  const start = async (event: Event) => {
    event.preventDefault();
    if (chosen && (await run(() => openWaitingRoom(chosen)))) onClose();
  };
  return (
    <Dialog title={t("pick.title")} closeLabel={t("go.cancel")} onClose={onClose}>
      <form class="stack loose" onSubmit={(event) => void start(event)}>
        <SearchField label={t("pick.search")} value={text} onText={setText} autofocus />
        <fieldset class="pick-list">
          <legend class="only-heard">{t("pick.list")}</legend>
          {found.map((patient) => (
            <PickRow
              key={patient.id}
              patient={patient}
              chosen={chosen === patient.id}
              onChoose={() => setChosen(patient.id)}
            />
          ))}
          {data && found.length === 0 && (
            <p class="soft pick-none">
              {data.length === 0 ? t("pick.none") : t("patients.none_found", { text })}
            </p>
          )}
        </fieldset>
        <Trouble error={error} onRetry={reload} />
        <Trouble error={failed} />
        <DialogFoot>
          <Button onClick={onClose}>{t("go.cancel")}</Button>
          <Button type="submit" kind="primary" disabled={busy || !chosen} data-testid="pick-start">
            {t("pick.start")}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
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
