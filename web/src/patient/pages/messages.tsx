import { t } from "../../i18n/patient";
import { Button } from "../../ui";
import { callName } from "../names";
import { CopyLink } from "../parts/obstacle";
import { QuietPage } from "../parts/page";
import type { VisitFlow } from "../visit";

type Props = { flow: VisitFlow };

export function Opening() {
  return <QuietPage testid="patient-opening" title={t("opening")} />;
}

export function Unreachable({ flow }: Props) {
  return (
    <QuietPage
      testid="patient-unreachable"
      title={t("unreachable_title")}
      text={t("unreachable_text")}
    >
      <Button onClick={() => flow.retry()}>{t("try_again")}</Button>
    </QuietPage>
  );
}

/** The same words for a link that is unknown, expired or revoked. */
export function Invalid() {
  return <QuietPage testid="patient-invalid" title={t("invalid_title")} text={t("invalid_text")} />;
}

/** The therapist has just revoked the link. */
export function Revoked({ flow }: Props) {
  const therapist = callName(flow.who.value);
  return (
    <QuietPage
      testid="patient-revoked"
      title={t("revoked_title")}
      text={t("revoked_text", { therapist })}
    />
  );
}

/** Without its cookie no request after the first would be known to be this patient's. */
export function NoCookies() {
  return (
    <QuietPage
      testid="patient-no-cookies"
      title={t("no_cookies_title")}
      text={t("no_cookies_text")}
    >
      <Button kind="primary" data-testid="reload" onClick={() => location.reload()}>
        {t("try_again")}
      </Button>
      <CopyLink kind="plain" />
    </QuietPage>
  );
}

export function Elsewhere({ flow }: Props) {
  return (
    <QuietPage testid="patient-elsewhere" title={t("elsewhere_title")} text={t("elsewhere_text")}>
      <ContinueHere flow={flow} />
    </QuietPage>
  );
}

/** A one-time link, which another device was the first to use. */
export function Taken() {
  return <QuietPage testid="patient-taken" title={t("taken_title")} text={t("taken_text")} />;
}

export function Moved({ flow }: Props) {
  return (
    <QuietPage testid="patient-moved" title={t("moved_title")} text={t("moved_text")}>
      <ContinueHere flow={flow} />
    </QuietPage>
  );
}

function ContinueHere({ flow }: Props) {
  return (
    <Button
      kind={flow.stage.value === "elsewhere" ? "primary" : "plain"}
      size="big"
      disabled={flow.claiming.value}
      data-testid="patient-take-over"
      onClick={() => void flow.enter(true)}
    >
      {t("continue_here")}
    </Button>
  );
}

export function Left({ flow }: Props) {
  const therapist = callName(flow.who.value);
  return (
    <QuietPage
      testid="patient-left"
      title={therapist ? t("left_with", { therapist }) : t("left_title")}
      text={t(flow.hasLink ? "left_text" : "left_text_link")}
    >
      {flow.hasLink && (
        <Button
          kind="primary"
          disabled={flow.claiming.value}
          data-testid="patient-return"
          onClick={() => void flow.enter()}
        >
          {t("go_back")}
        </Button>
      )}
    </QuietPage>
  );
}
