import { Server, User } from "lucide-preact";
import { t } from "../../i18n/therapist";
import { type Level, levelOfDirection, levelOfRoundTrip, worstOf } from "../../lib/level";
import { judge } from "../../lib/quality";
import type { Proof, Session } from "../../lib/types";
import { firstName } from "../../ui";
import { now } from "../hooks";
import { otherPassage, ownPassage, type Passage } from "../line-words";
import { callState } from "../state/place";

interface Props {
  session: Session;
  own: Proof | null;
}

/** Both lines as a picture, each direction by itself; the sentences below say the same in words. */
export function Lanes({ session, own }: Props) {
  const contact = session.gate_open;
  const ownPasses = ownPassage(callState.value);
  const otherPasses = otherPassage(session, now.value);
  return (
    <div class="lines" aria-hidden="true">
      <End icon={User} name={t("line.you")} />
      <Line proof={own} contact={contact} passage={ownPasses} upIsRight />
      <End icon={Server} name={t("line.here")} />
      <Line
        proof={session.patient_proof}
        contact={contact}
        passage={otherPasses}
        upIsRight={false}
      />
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
  passage: Passage;
  /** What is sent to us goes from left to right. */
  upIsRight: boolean;
}

const PASSAGE_WORDS = {
  connected: "line.connecting", // and its first proof is on its way
  connecting: "line.connecting",
  blocked: "line.nothing",
  none: "line.not",
} as const;

function Line({ proof, contact, passage, upIsRight }: LineProps) {
  if (passage !== "connected" || !proof?.connected) {
    const isBlocked = passage === "blocked";
    return (
      <span class="lane-pair">
        <span class={isBlocked ? "lane off poor" : "lane off"}>
          <hr />
          <span class={isBlocked ? "mark poor" : undefined}>{t(PASSAGE_WORDS[passage])}</span>
          <hr />
        </span>
      </span>
    );
  }
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
