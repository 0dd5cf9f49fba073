import { t } from "../../i18n/therapist";
import type { PatientSetting } from "../../lib/types";
import { type Alert, api, type Setting } from "../api";
import { useAction, useLoad } from "../hooks";
import { me } from "../state/account";
import { AlertForm } from "./alert-form";
import { PhonePreview, Switches } from "./setting";
import { Trouble } from "./trouble";

interface Loaded {
  readonly setting: Setting;
  readonly alert: Alert;
}

/** What new patients begin with; the patients there are keep what they have. */
export function DefaultSetting() {
  const { data, error, reload } = useLoad(load);
  return (
    <section class="card padded stack" id="new-patients">
      <h2 class="label">{t("default.title")}</h2>
      <p class="small soft">{t("default.lead")}</p>
      {data ? <Form {...data} reload={reload} /> : <Trouble error={error} onRetry={reload} />}
    </section>
  );
}

async function load(): Promise<Loaded> {
  const [setting, alert] = await Promise.all([api.defaultSetting(), api.defaultAlert()]);
  return { setting, alert };
}

function Form({ setting, alert, reload }: Loaded & { reload: () => void }) {
  const { busy, error, run } = useAction();
  const change = ({ self_view, clock, screen }: PatientSetting) =>
    void run(() => api.changeDefaultSetting({ self_view, clock, screen })).then(reload);
  const someone = t("default.someone");
  return (
    <div class="setting">
      <Switches setting={setting} name={someone} whole busy={busy} onChange={change} />
      <PhonePreview setting={setting} name={someone} />
      <Trouble error={error} />
      <div class="alert stack">
        <h3>{t("default.alert")}</h3>
        <p class="small soft">{t("default.alert_hint")}</p>
        <AlertForm
          draftId="new"
          alert={alert}
          reader={{ name: someone, language: me.value?.language ?? "en" }}
          troubleOf={(channel) =>
            alert.ways[channel] === "off" ? t(`alert.off_${channel}`) : null
          }
          onSave={api.changeDefaultAlert}
          onSaved={reload}
        />
      </div>
    </div>
  );
}
