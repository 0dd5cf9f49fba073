import { ChevronRight, RefreshCw } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { timeOfDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import type { Proof, Session } from "../../lib/types";
import { announce, Button, firstName } from "../../ui";
import { now, useAction } from "../hooks";
import { type LineState, otherLine, ownLine } from "../line-words";
import { checkLine, lineChecked } from "../state/line-check";
import { callState, devicesState } from "../state/place";
import { knownSession } from "../state/sessions";
import { Lanes } from "./lanes";
import { LineFigures } from "./line-figures";
import { Trouble } from "./trouble";

/** What the media server measures of both lines: one sentence a side, and the figures folded. */
export function ConnectionLines({ session }: { session: Session }) {
  const own = ownProof(session);
  const other = session.patient_present ? session.patient_proof : null;
  return (
    <section class="card padded connection" aria-labelledby="connection">
      <div class="row wrap">
        <h2 class="label grow" id="connection">
          {t("line.title")}
        </h2>
        <CheckAgain session={session} />
      </div>
      <Lanes session={session} own={own} other={other} />
      <ConnectionDetails session={session} />
    </section>
  );
}

/** The same for the room's side menu, which has a heading of its own. */
export function ConnectionMenu({ session }: { session: Session }) {
  return (
    <div class="connection-menu">
      <ConnectionDetails session={session} />
      <div class="row wrap">
        <CheckAgain session={session} />
      </div>
    </div>
  );
}

function ConnectionDetails({ session }: { session: Session }) {
  const own = ownProof(session);
  const name = firstName(session.patient_name);
  const phase = callState.value?.phase ?? null;
  const other = otherLine(session, own?.rtt_ms ?? null, now.value);
  return (
    <>
      <div class="line-sides">
        <Side
          name={t("line.you")}
          line={ownLine(session, own, devicesState.value, phase, now.value)}
          data-testid="line-own"
        />
        <Side name={name} line={other} data-testid="line-other" />
      </div>
      <details class="line-figures" data-testid="line-details">
        <summary>
          <ChevronRight class="turn" aria-hidden="true" />
          {t("line.details")}
        </summary>
        <LineFigures
          contact={session.gate_open}
          own={{ name: t("line.you"), proof: own, devices: devicesState.value }}
          other={{ name, proof: session.patient_proof, devices: session.patient_devices }}
        />
        <p class="small soft">{t("line.measured")}</p>
      </details>
    </>
  );
}

/** Asks the server anew, and says when it was last asked. It is asked by itself when a line comes. */
function CheckAgain({ session }: { session: Session }) {
  const { busy, error, run } = useAction(session.id);
  const patient = session.patient_proof?.connected ?? false;
  const mine = callState.value?.phase === "connected";
  const checked = lineChecked.value?.sessionId === session.id ? lineChecked.value : null;
  useEffect(() => {
    if (mine || patient) void checkLine(session.id).catch(() => undefined);
  }, [session.id, mine, patient]);
  const check = async () => {
    if (!(await run(() => checkLine(session.id)))) return;
    const fresh = knownSession(session.id) ?? session;
    announce(otherLine(fresh, ownProof(fresh)?.rtt_ms ?? null, now.value).text);
  };
  return (
    <>
      {checked && (
        <span class="small soft num" data-testid="line-checked" data-at={checked.at}>
          {t("line.checked", { time: timeOfDay(checked.at) })}
        </span>
      )}
      <Button
        kind="quiet"
        size="compact"
        icon={RefreshCw}
        disabled={busy}
        data-testid="check-line"
        onClick={() => void check()}
      >
        {t(busy ? "line.checking" : "line.again")}
      </Button>
      <Trouble error={error} name={firstName(session.patient_name)} />
    </>
  );
}

/** One's own proof, as the node says it twice a second by the data channel. */
function ownProof(session: Session): Proof | null {
  const call = callState.value;
  if (!call?.proof) return null;
  const measured = session.therapist_proof;
  return {
    ...call.proof,
    connected: call.phase === "connected",
    rtt_ms: measured?.rtt_ms ?? null,
    transit: measured?.transit ?? null,
    packet_age_ms: measured?.packet_age_ms ?? null,
    quality: call.quality ?? measured?.quality ?? null,
    check: call.check ?? measured?.check ?? null,
  };
}

interface SideProps {
  name: string;
  line: LineState;
  "data-testid": string;
}

function Side({ name, line, ...rest }: SideProps) {
  return (
    <div class="line-side" data-level={line.level ?? "unknown"} {...rest}>
      <h3 class="row">
        <span class="cut">{name}</span>
        {line.level && <span class={`mark ${line.level}`}>{t(`level.${line.level}`)}</span>}
      </h3>
      <p>{line.text}</p>
      {line.hint && <p class="small soft">{line.hint}</p>}
    </div>
  );
}
