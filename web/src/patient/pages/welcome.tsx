import { Camera, Lock, Mic } from "lucide-preact";
import { locale } from "../../i18n/core";
import { languageLabel, PATIENT_LANGUAGES } from "../../i18n/languages";
import { t } from "../../i18n/patient";
import { Brand, Button, firstName } from "../../ui";
import { callName } from "../names";
import { InAppHint, ObstacleHelp } from "../parts/obstacle";
import { Title } from "../parts/page";
import type { VisitFlow } from "../visit";

/** Says what the browser will ask, before it asks. */
export function Welcome({ flow }: { flow: VisitFlow }) {
  const who = flow.who.value;
  const therapist = callName(who);
  if (flow.obstacle) return <ObstacleHelp obstacle={flow.obstacle} />;
  return (
    <main class="quiet-page welcome" data-testid="patient-welcome">
      <Brand bare />
      <div class="stack">
        <Title>{t("hello", { name: firstName(who?.name ?? "") })}</Title>
        <p class="lead">{t("welcome_who", { therapist })}</p>
      </div>
      <InAppHint />
      <div class="card welcome-ask">
        <span class="welcome-icons" aria-hidden="true">
          <Mic />
          <Camera />
        </span>
        <p>{t("welcome_ask")}</p>
      </div>
      <p class="fact">
        <Lock aria-hidden="true" />
        <span>{t("welcome_private", { therapist })}</span>
      </p>
      <div class="stack">
        <Button
          kind="primary"
          size="big"
          wide
          disabled={flow.claiming.value}
          data-testid="patient-continue"
          onClick={() => void flow.enter()}
        >
          {t("continue")}
        </Button>
        <p class="small soft centred">{t("welcome_without")}</p>
      </div>
      <Languages flow={flow} />
    </main>
  );
}

function Languages({ flow }: { flow: VisitFlow }) {
  const others = PATIENT_LANGUAGES.filter((each) => each !== locale.value);
  return (
    <p class="languages">
      {others.map((each) => (
        <Button
          key={each}
          kind="quiet"
          lang={each}
          data-testid={`language-${each}`}
          onClick={() => void flow.chooseLanguage(each)}
        >
          {languageLabel(each)}
        </Button>
      ))}
    </p>
  );
}
