import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { announce, Button, firstName } from "../../ui";
import { type Alert, api, type Patient, type PatientMessages } from "../api";
import { useAction, useLoad } from "../hooks";
import { AlertForm } from "./alert-form";
import { SentMessages, wayTrouble } from "./sent";
import { Trouble } from "./trouble";

interface Loaded {
  readonly alert: Alert;
  readonly patient: Patient;
  readonly sent: PatientMessages;
}

/** Whether and in which words the patient hears that the therapist has entered. */
export function AlertBlock({ patientId, name }: { patientId: string; name: string }) {
  const { data, error, reload } = useLoad(() => loadAll(patientId), patientId);
  if (!data) return <Trouble error={error} onRetry={reload} />;
  const { alert, patient, sent } = data;
  return (
    <div class="alert stack">
      <h3>{t("alert.title", { name: firstName(name) })}</h3>
      <p class="small soft">{t("alert.hint")}</p>
      <AlertForm
        key={patientId}
        draftId={patientId}
        alert={alert}
        reader={patient}
        troubleOf={(channel) => wayTrouble(channel, patient, alert.ways)}
        onSave={(change) => api.changeAlert(patientId, change)}
        onSaved={reload}
        after={(isChanged) => <UseForNew patientId={patientId} isChanged={isChanged} />}
      />
      <SentMessages patientId={patientId} name={name} loaded={sent} />
    </div>
  );
}

async function loadAll(patientId: string): Promise<Loaded> {
  const [alert, patient, sent] = await Promise.all([
    api.alert(patientId),
    api.patient(patientId),
    api.messages(patientId),
  ]);
  return { alert, patient, sent };
}

/** Have new patients begin with this patient's setting, as far as it is saved. */
function UseForNew({ patientId, isChanged }: { patientId: string; isChanged: boolean }) {
  const [done, setDone] = useState(false);
  const { busy, error, run } = useAction(patientId);
  const use = async () => {
    setDone(await run(() => api.useForNew(patientId)));
    announce(t("default.used"));
  };
  return (
    <div class="stack use-for-new">
      <div class="row wrap">
        <Button
          kind="quiet"
          size="compact"
          disabled={busy || isChanged}
          data-testid="use-for-new"
          onClick={() => void use()}
        >
          {t("default.use")}
        </Button>
        <span class="small soft">
          {isChanged && t("default.save_first")}
          {!isChanged && done && (
            <>
              {t("default.used")} <a href="/account">{t("default.where")}</a>
            </>
          )}
        </span>
      </div>
      <Trouble error={error} />
    </div>
  );
}
