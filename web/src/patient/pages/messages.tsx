import { t } from "../../i18n/patient";
import { Button } from "../../ui";
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
      <Button onClick={() => void flow.begin()}>{t("try_again")}</Button>
    </QuietPage>
  );
}

/** The same words for a link that is unknown, expired or revoked. */
export function Invalid() {
  return <QuietPage testid="patient-invalid" title={t("invalid_title")} text={t("invalid_text")} />;
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
      <Button
        kind="primary"
        size="big"
        data-testid="patient-take-over"
        onClick={() => void flow.begin(true)}
      >
        {t("continue_here")}
      </Button>
    </QuietPage>
  );
}

export function Moved({ flow }: Props) {
  return (
    <QuietPage testid="patient-moved" title={t("moved_title")} text={t("moved_text")}>
      <Button data-testid="patient-take-over" onClick={() => void flow.begin(true)}>
        {t("continue_here")}
      </Button>
    </QuietPage>
  );
}

export function Ended() {
  return <QuietPage testid="patient-ended" title={t("ended_title")} text={t("ended_text")} />;
}

export function Left({ flow }: Props) {
  return (
    <QuietPage testid="patient-left" title={t("left_title")} text={t("left_text")}>
      <Button kind="primary" data-testid="patient-return" onClick={() => void flow.begin()}>
        {t("go_back")}
      </Button>
    </QuietPage>
  );
}
