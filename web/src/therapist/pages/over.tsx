import type { ComponentChildren } from "preact";
import { t } from "../../i18n/therapist";
import { ApiError } from "../../lib/api";
import type { Session } from "../../lib/types";
import { Button, Face, firstName } from "../../ui";
import { Decide, toConsultations } from "../parts/decide";
import { FreeButtons } from "../parts/one-at-a-time";
import { Trouble } from "../parts/trouble";
import { roomPath } from "../routes";
import { takeBack } from "../state/place";
import { navigate } from "../state/router";

/** What becomes of a first consultation is asked as soon as it is over. */
export function AfterFirst({ session }: { session: Session }) {
  return (
    <section class="card padded stack after-first" data-testid="after-first">
      <h2>{t("first.over")}</h2>
      <div class="row wrap">
        <Decide
          id={session.patient_id}
          name={firstName(session.patient_name)}
          withLater
          onDecided={toConsultations}
          onDiscarded={toConsultations}
        />
      </div>
    </section>
  );
}

/** A session that cannot be shown: it is gone, or control does not answer. */
export function NoSessionPage({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (error === null) return <Quiet>{null}</Quiet>;
  const gone = error instanceof ApiError && error.status === 404;
  return (
    <Quiet>
      {gone ? <h1>{t("room.gone")}</h1> : <Trouble error={error} onRetry={onRetry} />}
      <a class="btn primary" href="/">
        {t("go.home")}
      </a>
    </Quiet>
  );
}

/** The therapist is in contact with somebody else: a choice, before anything happens to anybody. */
export function BusyPage({ other, session }: { other: Session; session: Session }) {
  const name = firstName(other.patient_name);
  const next = firstName(session.patient_name);
  return (
    <Quiet>
      <Face name={other.patient_name} size="large" />
      <h1>{t("busy.title", { name })}</h1>
      <p class="soft">{t("busy.text", { name, next })}</p>
      <div class="stack busy-choice" data-testid="busy">
        <Button kind="primary" onClick={() => navigate(roomPath(other.id))}>
          {t("busy.stay", { name })}
        </Button>
        <FreeButtons other={other} hold={t("busy.hold", { name })} end={t("busy.end", { name })} />
      </div>
    </Quiet>
  );
}

/** Another window of the same therapist took this session over. */
export function ReplacedPage() {
  return (
    <Quiet>
      <h1>{t("room.replaced")}</h1>
      <div class="row">
        <Button kind="primary" onClick={takeBack}>
          {t("room.replaced_here")}
        </Button>
        <a class="btn" href="/">
          {t("go.home")}
        </a>
      </div>
    </Quiet>
  );
}

function Quiet({ children }: { children: ComponentChildren }) {
  return <main class="alone full">{children}</main>;
}
