import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { Button, Note } from "../../ui";
import { api, type Registration } from "../api";
import { useAction, useTitle } from "../hooks";
import { LoginFrame } from "./login-frame";
import { Trouble } from "./trouble";

/** Control writes to one address no more often. */
const PAUSE_MS = 60_000;

interface CheckMailProps {
  /** What was registered with. */
  form: Registration;
  onOther: () => void;
}

/** The address is to be confirmed by a link in a message, which can be sent again after a minute. */
export function CheckMail({ form, onOther }: CheckMailProps) {
  useTitle(t("confirm.check_title"));
  const [sent, setSent] = useState(1);
  const [soon, setSoon] = useState(true);
  const { busy, error, run } = useAction();
  useEffect(() => {
    setSoon(true);
    const timer = setTimeout(() => setSoon(false), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [sent]);
  const again = async () => {
    if (await run(() => api.register(form))) setSent(sent + 1);
  };
  return (
    <LoginFrame title={t("confirm.check_title")}>
      <div class="stack loose">
        <Note data-testid="check-mail">{t("confirm.sent", { email: form.email })}</Note>
        <p class="soft">{t("confirm.nothing")}</p>
        <Trouble error={error} />
        <div class="row wrap">
          <Button disabled={busy || soon} data-testid="check-again" onClick={() => void again()}>
            {t("confirm.again")}
          </Button>
          <Button kind="quiet" onClick={onOther}>
            {t("confirm.other")}
          </Button>
          <span class="small soft" role="status">
            {sent > 1 && t("confirm.again_sent")}
          </span>
        </div>
      </div>
    </LoginFrame>
  );
}
