import { ChevronRight, Mic, RefreshCw, Server, User, Video } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { numberText, timeOfDay, waitText } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { levelOfRoundTrip } from "../../lib/level";
import type { DeviceReport, DeviceState, MediaProof, Proof, Session } from "../../lib/types";
import { announce, Button, firstName } from "../../ui";
import { now, useAction } from "../hooks";
import { type LineState, lastSign, otherLine, ownLine } from "../line-words";
import { FRESH_MS } from "../other-side";
import { checkLine, lineChecked } from "../state/line-check";
import { callState, devicesState } from "../state/place";
import { knownSession } from "../state/sessions";
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
      <div class="lines" aria-hidden="true">
        <End icon={User} name={t("line.you")} />
        <Lane proof={own} devices={devicesState.value} coming />
        <End icon={Server} name={t("line.here")} />
        <Lane proof={other} devices={session.patient_devices} coming={session.patient_present} />
        <End icon={User} name={firstName(session.patient_name)} />
      </div>
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
  const other = otherLine(session, own?.rtt_ms ?? null, now.value);
  return (
    <>
      <div class="line-sides">
        <Side
          name={t("line.you")}
          line={ownLine(own, devicesState.value, callState.value?.phase ?? null)}
          data-testid="line-own"
        />
        <Side name={name} line={other} data-testid="line-other" />
      </div>
      <details class="line-figures" data-testid="line-details">
        <summary>
          <ChevronRight class="turn" aria-hidden="true" />
          {t("line.details")}
        </summary>
        <Figures
          sides={[
            { name: t("line.you"), proof: own, devices: devicesState.value },
            { name, proof: session.patient_proof, devices: session.patient_devices },
          ]}
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

/** One's own proof: sound and picture as the node says them twice a second by the data channel. */
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
    </div>
  );
}

interface Measured {
  name: string;
  proof: Proof | null;
  devices: DeviceReport | null;
}

/** A muted microphone sends silence: that it arrives is no news then. */
function Figures({ sides }: { sides: readonly Measured[] }) {
  const rows: readonly [title: string, figure: (side: Measured) => string][] = [
    [t("line.round"), ({ proof }) => connectedOr(proof, roundText)],
    [
      t("line.sound"),
      ({ proof, devices }) =>
        connectedOr(proof, isOn(devices?.microphone) ? soundText : () => t("line.mic_none")),
    ],
    [
      t("line.picture"),
      ({ proof, devices }) =>
        connectedOr(proof, isOn(devices?.camera) ? pictureText : () => t("line.cam_none")),
    ],
    [t("line.way"), ({ proof }) => connectedOr(proof, routeText)],
    [t("line.sign"), ({ proof }) => (proof ? lastSign(proof) : t("line.not"))],
  ];
  return (
    <table>
      <thead>
        <tr>
          <td />
          {sides.map(({ name }, index) => (
            <th key={index === 0 ? "own" : "other"} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([title, figure]) => (
          <tr key={title}>
            <th scope="row">{title}</th>
            {sides.map((side, index) => (
              <td key={index === 0 ? "own" : "other"} class="num">
                {figure(side)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function connectedOr(proof: Proof | null, said: (proof: Proof) => string): string {
  return proof?.connected ? said(proof) : t("line.not");
}

function roundText({ rtt_ms }: Proof): string {
  return rtt_ms === null ? t("line.unknown") : t("line.ms", { ms: numberText(rtt_ms) });
}

function routeText({ transit }: Proof): string {
  if (transit === "tcp") return t("line.way_tcp");
  return t(transit === "udp" ? "line.way_udp" : "line.unknown");
}

/** Unless the page said otherwise. */
function isOn(state: DeviceState | undefined): boolean {
  return state === undefined || state === "on" || state === "unknown";
}

function soundText({ heard_age_ms }: MediaProof): string {
  if (heard_age_ms === null) return t("line.sound_none");
  if (heard_age_ms <= FRESH_MS) return t("line.sound_now");
  return t("line.sound_ago", { time: waitText(heard_age_ms / 1000) });
}

function pictureText({ seen_age_ms, frames_per_s }: MediaProof): string {
  if (seen_age_ms === null) return t("line.picture_none");
  if (seen_age_ms <= FRESH_MS) return t("line.frames", { n: numberText(frames_per_s) });
  return t("line.picture_ago", { time: waitText(seen_age_ms / 1000) });
}

function End({ icon: Icon, name }: { icon: typeof User; name: string }) {
  return (
    <span class="end">
      <i>
        <Icon />
      </i>
      <span class="cut">{name}</span>
    </span>
  );
}

/** `coming`: somebody is there and the connection is being made. */
function Lane({ proof, devices, coming }: Omit<Measured, "name"> & { coming: boolean }) {
  const connected = proof?.connected ?? false;
  const level = connected && proof?.rtt_ms != null ? levelOfRoundTrip(proof.rtt_ms) : null;
  const fresh = (age: number | null | undefined) => age != null && age <= FRESH_MS;
  return (
    <span class={connected ? "lane" : "lane off"}>
      <hr />
      {level ? (
        <span class={`mark ${level}`}>{t(`level.${level}`)}</span>
      ) : (
        <span>{t(connected ? "line.connected" : coming ? "line.connecting" : "line.not")}</span>
      )}
      {connected && (
        <span class="arrives">
          <Mic
            class={isOn(devices?.microphone) && fresh(proof?.heard_age_ms) ? "yes" : undefined}
          />
          <Video class={isOn(devices?.camera) && fresh(proof?.seen_age_ms) ? "yes" : undefined} />
        </span>
      )}
      <hr />
    </span>
  );
}
