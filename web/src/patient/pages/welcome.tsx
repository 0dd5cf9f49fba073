import { Camera, Lock, Mic, Wifi } from "lucide-preact";
import { useState } from "preact/hooks";
import { locale } from "../../i18n/core";
import { helpAddress, languageLabel, PATIENT_LANGUAGES } from "../../i18n/languages";
import { t } from "../../i18n/patient";
import { Brand, Button, firstName, TextField } from "../../ui";
import { callName } from "../names";
import { InAppHint, ObstacleHelp } from "../parts/obstacle";
import { Title } from "../parts/page";
import type { VisitFlow } from "../visit";

/** Says what the browser will ask, before it asks. */
export function Welcome({ flow }: { flow: VisitFlow }) {
  const who = flow.who.value;
  const therapist = callName(who);
  const [nameless, setNameless] = useState(false);
  if (flow.obstacle) return <ObstacleHelp obstacle={flow.obstacle} />;
  const name = flow.givenName.value ?? who?.name ?? "";
  const enter = (event: Event) => {
    event.preventDefault();
    const missing = who?.is_guest === true && !name.trim();
    setNameless(missing);
    if (missing) document.getElementsByName("given-name")[0]?.focus();
    else void flow.enter();
  };
  return (
    <main class="quiet-page welcome" data-testid="patient-welcome">
      <Brand bare />
      <div class="stack">
        <Title>{who?.name ? t("hello", { name: firstName(who.name) }) : t("hello_guest")}</Title>
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
      <form class="stack" onSubmit={enter} noValidate>
        {who?.is_guest && (
          <TextField
            label={t("guest_name")}
            hint={t("guest_name_hint", { therapist })}
            wrong={nameWrong(nameless, flow.nameRefused.value)}
            value={name}
            name="given-name"
            autocomplete="name"
            maxLength={60}
            data-testid="guest-name"
            onText={(text) => {
              setNameless(false);
              flow.giveName(text);
            }}
          />
        )}
        <Button
          kind="primary"
          type="submit"
          size="big"
          wide
          disabled={flow.claiming.value}
          data-testid="patient-continue"
        >
          {t("continue")}
        </Button>
        <p class="small soft centred">{t("welcome_without")}</p>
      </form>
      {flow.hasLink && (
        <Button
          kind="quiet"
          class="test-link"
          icon={Wifi}
          data-testid="test-link"
          onClick={() => flow.test.begin()}
        >
          {t("test_button")}
        </Button>
      )}
      <Languages flow={flow} />
      <p class="small centred">
        <a href={helpAddress("patient", locale.value)} target="_blank" rel="noreferrer">
          {t("help")}
        </a>
      </p>
    </main>
  );
}

function nameWrong(missing: boolean, refused: boolean): string | undefined {
  if (missing) return t("guest_name_missing");
  return refused ? t("guest_name_refused") : undefined;
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
