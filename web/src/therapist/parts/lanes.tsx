import { Server, User } from "lucide-preact";
import { t } from "../../i18n/therapist";
import { type Level, levelOfDirection, levelOfRoundTrip, worstOf } from "../../lib/level";
import { judge } from "../../lib/quality";
import type { Proof, Session } from "../../lib/types";
import { firstName } from "../../ui";
import { now } from "../hooks";

interface Props {
  session: Session;
  own: Proof | null;
  other: Proof | null;
}

/** Both lines as a picture, each direction by itself; the sentences below say the same in words. */
export function Lanes({ session, own, other }: Props) {
  const contact = session.gate_open;
  return (
    <div class="lines" aria-hidden="true">
      <End icon={User} name={t("line.you")} />
      <Line proof={own} contact={contact} coming upIsRight />
      <End icon={Server} name={t("line.here")} />
      <Line proof={other} contact={contact} coming={session.patient_present} upIsRight={false} />
      <End icon={User} name={firstName(session.patient_name)} />
    </div>
  );
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

interface LineProps {
  proof: Proof | null;
  contact: boolean;
  /** Somebody is there and the connection is being made. */
  coming: boolean;
  /** What is sent to us goes from left to right. */
  upIsRight: boolean;
}

function Line({ proof, contact, coming, upIsRight }: LineProps) {
  if (!proof?.connected)
    return (
      <span class="lane-pair">
        <span class="lane off">
          <hr />
          <span>{t(coming ? "line.connecting" : "line.not")}</span>
          <hr />
        </span>
      </span>
    );
  const { up, down } = levelsOf(proof, contact);
  const [right, left] = upIsRight ? [up, down] : [down, up];
  return (
    <span class="lane-pair">
      <Lane level={right} way="right" />
      <Lane level={left} way="left" />
    </span>
  );
}

function Lane({ level, way }: { level: Level | null; way: "left" | "right" }) {
  return (
    <span class={`lane to-${way} ${level ?? ""}`}>
      <hr />
      {level ? <span class={`mark ${level}`}>{t(`level.${level}`)}</span> : <span>–</span>}
      <hr />
    </span>
  );
}

/** The round trip is of both directions; nothing is judged while our own server is late. */
function levelsOf(proof: Proof, contact: boolean) {
  const { level, cause, quality } = judge(proof, contact, now.value);
  if (cause === "server" || level === null) return { up: null, down: null };
  const rtt = quality ? quality.rtt_ms : proof.rtt_ms;
  const both = rtt === null ? null : levelOfRoundTrip(rtt);
  return {
    up: worstOf([both, quality && levelOfDirection(quality.up)]),
    down: worstOf([both, quality && levelOfDirection(quality.down)]),
  };
}
