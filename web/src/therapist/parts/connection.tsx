import { Mic, Server, User, Video } from "lucide-preact";
import { numberText, waitText } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import type { MediaProof, Proof, Session } from "../../lib/types";
import { firstName } from "../../ui";
import { callState } from "../state/place";
import { FRESH_MS } from "../words";

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
        <Lane proof={own} coming />
        <End icon={Server} name={t("line.here")} />
        <Lane proof={other} coming={session.patient_present} />
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
      <Details title={t("line.you_to_us")} proof={ownProof(session)} />
      <Details title={t("line.other_to_us", { name })} proof={session.patient_proof} />
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

function Details({ title, proof }: { title: string; proof: Proof | null }) {
  return (
    <dl class="detail">
      <dt>{title}</dt>
      {!proof?.connected && <dd>{t("line.not")}</dd>}
      {proof?.connected && proof.rtt_ms !== null && (
        <dd class="num">{t("line.round", { ms: numberText(proof.rtt_ms) })}</dd>
      )}
      {proof?.connected && <dd class="num">{soundText(proof)}</dd>}
      {proof?.connected && <dd class="num">{pictureText(proof)}</dd>}
    </dl>
  );
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
function Lane({ proof, coming }: { proof: Proof | null; coming: boolean }) {
  const connected = proof?.connected ?? false;
  const fresh = (age: number | null | undefined) => age != null && age <= FRESH_MS;
  return (
    <span class={connected ? "lane" : "lane off"}>
      <hr />
      <span class="num">
        {connected && proof?.rtt_ms != null
          ? t("line.round", { ms: numberText(proof.rtt_ms) })
          : t(connected ? "line.connected" : coming ? "line.connecting" : "line.not")}
      </span>
      {connected && (
        <span class="arrives">
          <Mic class={fresh(proof?.heard_age_ms) ? "yes" : undefined} />
          <Video class={fresh(proof?.seen_age_ms) ? "yes" : undefined} />
        </span>
      )}
      <hr />
    </span>
  );
}
