import { Mic, MicOff, Video, VideoOff } from "lucide-preact";
import type { Session } from "../../lib/types";
import { now } from "../hooks";
import { shortLine } from "../line-words";
import { type ProofLine, proofLines } from "../words";

const ICONS = {
  microphone: { yes: Mic, soft: Mic, no: MicOff },
  camera: { yes: Video, soft: Video, no: VideoOff },
};

/**
 * What the server receives of the patient, or why not.
 *
 * @param line Whether the connection is said as well, in two or three words.
 */
export function ProofWords({ session, line = false }: { session: Session; line?: boolean }) {
  const connection = line ? shortLine(session, now.value) : null;
  return (
    <ul class="proof">
      {proofLines(session).map((line) => (
        <ProofItem key={line.device} line={line} />
      ))}
      {connection && (
        <li data-testid="proof-line" data-level={connection.level ?? "unknown"}>
          <span class={connection.level ? `mark ${connection.level}` : undefined}>
            {connection.text}
          </span>
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
