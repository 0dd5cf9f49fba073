import { useState } from "preact/hooks";
import { nearDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { Button } from "../../ui";
import { api, type Login } from "../api";
import { useAction, useLoad } from "../hooks";
import { Trouble } from "./trouble";

/** Where the account is in use, and the way to end it there. */
export function AccountLogins() {
  const { data, error, reload } = useLoad(api.logins);
  const action = useAction();
  const [ended, setEnded] = useState(false);
  const items = data?.items ?? [];
  const others = items.filter((one) => !one.is_this);
  const end = async (work: () => Promise<void>) => {
    const done = await action.run(work);
    setEnded(done && others.length > 0);
    reload();
  };
  return (
    <section class="card padded stack" data-testid="logins">
      <h2 class="label">{t("account.logins")}</h2>
      <Trouble error={error} onRetry={reload} />
      <ul class="logins">
        {items.map((one) => (
          <Row
            key={one.id}
            login={one}
            busy={action.busy}
            onEnd={() => void end(() => api.endLogin(one.id))}
          />
        ))}
      </ul>
      <Trouble error={action.error} />
      <div class="row wrap">
        {others.length > 1 && (
          <Button
            disabled={action.busy}
            data-testid="logins-end"
            onClick={() => void end(api.endOtherLogins)}
          >
            {t("account.logins_end")}
          </Button>
        )}
        <span class="small soft" role="status">
          {ended && others.length === 0 && t("account.logins_ended")}
        </span>
      </div>
    </section>
  );
}

function Row({ login, busy, onEnd }: { login: Login; busy: boolean; onEnd: () => void }) {
  const browser = login.browser || t("account.login_unknown");
  return (
    <li data-testid="login">
      <span class="what">
        {browser}
        <span class="small soft">
          {" · "}
          {login.is_this
            ? t("account.login_this")
            : t("account.login_used", { time: nearDay(login.last_used_at) })}
        </span>
      </span>
      {!login.is_this && (
        <Button
          size="compact"
          disabled={busy}
          aria-label={t("account.login_end_of", { browser })}
          data-testid="login-end"
          onClick={onEnd}
        >
          {t("account.login_end")}
        </Button>
      )}
    </li>
  );
}
