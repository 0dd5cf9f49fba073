import { ChevronRight, Download, RefreshCw } from "lucide-preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { saveFile } from "../../lib/save-file";
import type { Proof, Session } from "../../lib/types";
import { announce, Button, firstName } from "../../ui";
import { api } from "../api";
import { checked } from "../checked";
import { now, useAction, useLoad } from "../hooks";
import type { Both } from "../line-numbers";
import { reportJson, reportText } from "../line-report";
import { type LineState, otherLine, ownLine } from "../line-words";
import { silence } from "../silence";
import { checkLine, lineChecked } from "../state/line-check";
import { callState, devicesState, ownWord, placeId } from "../state/place";
import { isWorseThanUsual } from "../usual";
import { CheckedWords } from "./checked-words";
import { Lanes } from "./lanes";
import { LineFigures } from "./line-figures";
import { PersonLine } from "./person-line";
import { Trouble } from "./trouble";
import { LineHelp, SoundFirstAhead } from "./weak-line";

/** What the media server measures of both lines: one sentence a side, and the figures folded. */
export function ConnectionLines({ session }: { session: Session }) {
  return (
    <section class="card padded connection" aria-labelledby="connection">
      <div class="row wrap">
        <h2 class="label grow" id="connection">
          {t("line.title")}
        </h2>
        <CheckAgain session={session} />
      </div>
      <Lanes session={session} own={ownProof(session)} />
      <SoundFirstAhead session={session} />
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
  const call = callState.value;
  const { data } = useLoad(() => api.usualLine(session.patient_id, session.id), session.id);
  const usual = data?.usual ?? null;
  const other = otherLine(session, own?.rtt_ms ?? null, now.value, call?.otherPaused);
  const devices = devicesState.value && { ...devicesState.value, ...ownWord.value };
  const mine = ownLine(session, own, devices, call, now.value);
  const both: Both = {
    contact: session.gate_open,
    own: { name: t("line.you"), proof: own, devices },
    other: { name, proof: session.patient_proof, devices: session.patient_devices },
    now: now.value,
  };
  return (
    <>
      <div class="line-sides">
        <Side name={t("line.you")} line={mine} session={session} data-testid="line-own" />
        <Side
          name={name}
          line={other}
          session={session}
          note={isWorseThanUsual(session, usual, now.value) ? t("line.worse", { name }) : null}
          silence={silence(session)}
          data-testid="line-other"
        />
      </div>
      <details class="line-figures" data-testid="line-details">
        <summary>
          <ChevronRight class="turn" aria-hidden="true" />
          {t("line.details")}
        </summary>
        <LineFigures {...both} />
        <p class="small soft">{t("line.measured")}</p>
        <p class="row wrap report">
          <Button
            kind="quiet"
            size="compact"
            icon={Download}
            data-testid="line-report"
            onClick={() => save(reportText(both, { own: mine, other }), "txt")}
          >
            {t("line.report")}
          </Button>
          <Button
            kind="quiet"
            size="compact"
            data-testid="line-report-json"
            onClick={() => save(reportJson(both, { own: mine, other }), "json")}
          >
            {t("line.report_json")}
          </Button>
        </p>
      </details>
    </>
  );
}

function save(text: string, ending: "txt" | "json"): void {
  const type = ending === "txt" ? "text/plain;charset=utf-8" : "application/json";
  saveFile(new Blob([text], { type }), `${t("line.report_file")}.${ending}`);
}

/** Has both lines checked, and says that they are being, or when they were. */
function CheckAgain({ session }: { session: Session }) {
  const { busy, error, run } = useAction(session.id);
  const askedAt = lineChecked.value?.sessionId === session.id ? lineChecked.value.at : null;
  const status = checked(session, ownProof(session), askedAt, now.value);
  const running = status?.kind === "running";
  useResultHeard(session, running);
  return (
    <>
      <CheckedWords checked={status} />
      <Button
        kind="quiet"
        size="compact"
        icon={RefreshCw}
        disabled={busy || running}
        data-testid="check-line"
        onClick={() => {
          announce(t("line.running"));
          void run(() => checkLine(session.id));
        }}
      >
        {t(busy || running ? "line.checking" : "line.again")}
      </Button>
      <Trouble error={error} name={firstName(session.patient_name)} />
    </>
  );
}

/** A check that ended while this stood open is read out. */
function useResultHeard(session: Session, running: boolean): void {
  const before = useRef(running);
  useEffect(() => {
    if (before.current && !running)
      announce(otherLine(session, ownProof(session)?.rtt_ms ?? null, now.value).text);
    before.current = running;
  }, [running]);
}

/**
 * One's own proof, as the node says it twice a second by the data channel; where another page of
 * the therapist's is the one that is present, as control has it.
 */
export function ownProof(session: Session): Proof | null {
  if (placeId.value !== session.id) return session.therapist_proof;
  const call = callState.value;
  if (!call?.proof) return null;
  const measured = session.therapist_proof;
  return {
    ...call.proof,
    connected: call.phase === "connected",
    rtt_ms: measured?.rtt_ms ?? null,
    transit: measured?.transit ?? null,
    packet_age_ms: measured?.packet_age_ms ?? null,
    moved_age_ms: measured?.moved_age_ms ?? null,
    quality: call.quality ?? measured?.quality ?? null,
    check: call.check ?? measured?.check ?? null,
    page: measured?.page ?? null,
  };
}

interface SideProps {
  session: Session;
  name: string;
  line: LineState;
  /** What there is to say besides. */
  note?: string | null;
  /** Why nothing is heard. */
  silence?: string | null;
  "data-testid": string;
}

function Side({ session, name, line, note, silence, ...rest }: SideProps) {
  return (
    <div class="line-side" data-level={line.level ?? "unknown"} {...rest}>
      <h3>
        <PersonLine name={name} level={line.level} text={line.level && t(`level.${line.level}`)} />
      </h3>
      <p>{line.text}</p>
      {line.hint && <p class="small soft">{line.hint}</p>}
      {note && <p class="small soft">{note}</p>}
      {silence && (
        <p class="small soft" data-testid="silence">
          {silence}
        </p>
      )}
      <LineHelp session={session} help={line.help} />
    </div>
  );
}
