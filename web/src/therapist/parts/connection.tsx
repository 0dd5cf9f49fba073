import { Mic, Server, User, Video } from "lucide-preact";
import { numberText, waitText } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { levelOfRoundTrip } from "../../lib/level";
import type { DeviceReport, DeviceState, MediaProof, Proof, Session } from "../../lib/types";
import { firstName } from "../../ui";
import { FRESH_MS } from "../other-side";
import { callState, devicesState } from "../state/place";

/** What the media server measures of both lines, as far as it is known: times, sound, picture. */
export function ConnectionLines({ session }: { session: Session }) {
  const own = ownProof(session);
  const other = session.patient_present ? session.patient_proof : null;
  return (
    <section class="card padded connection">
      <div class="row">
        <h2 class="label grow">{t("line.title")}</h2>
        <span class="small soft measured">{t("line.measured")}</span>
      </div>
      <div class="lines" aria-hidden="true">
        <End icon={User} name={t("line.you")} />
        <Lane proof={own} devices={devicesState.value} coming />
        <End icon={Server} name={t("line.here")} />
        <Lane proof={other} devices={session.patient_devices} coming={session.patient_present} />
        <End icon={User} name={firstName(session.patient_name)} />
      </div>
      <div class="only-heard">
        <ConnectionDetails session={session} />
      </div>
    </section>
  );
}

/** The same numbers as two short lists, for the room's side menu. */
export function ConnectionDetails({ session }: { session: Session }) {
  const name = firstName(session.patient_name);
  return (
    <div class="details">
      <Details title={t("line.you_to_us")} proof={ownProof(session)} devices={devicesState.value} />
      <Details
        title={t("line.other_to_us", { name })}
        proof={session.patient_proof}
        devices={session.patient_devices}
      />
    </div>
  );
}

/** One's own proof: sound and picture as the node says them twice a second by the data channel. */
function ownProof(session: Session): Proof | null {
  const call = callState.value;
  if (!call?.proof) return null;
  const rtt_ms = session.therapist_proof?.rtt_ms ?? null;
  return { ...call.proof, connected: call.phase === "connected", rtt_ms };
}

interface DetailsProps {
  title: string;
  proof: Proof | null;
  devices: DeviceReport | null;
}

/** A muted microphone sends silence: that it arrives is no news then. */
function Details({ title, proof, devices }: DetailsProps) {
  return (
    <dl class="detail">
      <dt>{title}</dt>
      {!proof?.connected && <dd>{t("line.not")}</dd>}
      {proof?.connected && proof.rtt_ms !== null && (
        <dd class="num">{t("line.round", { ms: numberText(proof.rtt_ms) })}</dd>
      )}
      {proof?.connected && (
        <dd class="num">{isOn(devices?.microphone) ? soundText(proof) : t("line.mic_none")}</dd>
      )}
      {proof?.connected && (
        <dd class="num">{isOn(devices?.camera) ? pictureText(proof) : t("line.cam_none")}</dd>
      )}
    </dl>
  );
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
function Lane({ proof, devices, coming }: Omit<DetailsProps, "title"> & { coming: boolean }) {
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
