import { Mic, MicOff, Video, VideoOff } from "lucide-preact";
import type { Session } from "../../lib/types";
import { checked } from "../checked";
import { now } from "../hooks";
import { shortLines } from "../line-words";
import { type ProofLine, proofLines } from "../words";
import { CheckedWords } from "./checked-words";
import { ownProof } from "./connection";
import { PersonLine } from "./person-line";

const ICONS = {
  microphone: { yes: Mic, soft: Mic, no: MicOff },
  camera: { yes: Video, soft: Video, no: VideoOff },
};

/** For cards: what the server receives of the patient, both lines, and the age of their check. */
export function CardProof({ session }: { session: Session }) {
  return (
    <div class="proof-rows">
      <ProofWords session={session} />
      <LineWords session={session} />
    </div>
  );
}

/** What the server receives of the patient, or why not. */
export function ProofWords({ session }: { session: Session }) {
  return (
    <ul class="proof">
      {proofLines(session, now.value).map((line) => (
        <ProofItem key={line.device} line={line} />
      ))}
    </ul>
  );
}

/**
 * In contact the last seconds are told, and no check. An age that moves on is not read out, though
 * the card with ACCEPT is.
 */
function LineWords({ session }: { session: Session }) {
  const own = ownProof(session);
  const check = session.gate_open ? null : checked(session, own, null, now.value);
  const lines = shortLines(session, own, now.value);
  if (lines.length === 0 && !check) return null;
  return (
    <ul class="proof" data-testid="card-lines">
      {lines.map((line) => (
        <li key={line.name}>
          <PersonLine {...line} />
        </li>
      ))}
      {check && (
        <li aria-live="off">
          <CheckedWords checked={check} />
        </li>
      )}
    </ul>
  );
}

function ProofItem({ line }: { line: ProofLine }) {
  const Icon = ICONS[line.device][line.level];
  return (
    <li class={line.level} data-testid={`proof-${line.device}`} data-level={line.level}>
      <Icon aria-hidden="true" />
      {line.text}
    </li>
  );
}
