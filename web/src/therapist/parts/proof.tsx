import { Mic, MicOff, Video, VideoOff } from "lucide-preact";
import type { Session } from "../../lib/types";
import { type ProofLine, proofLines } from "../words";

const ICONS = {
  microphone: { yes: Mic, soft: Mic, no: MicOff },
  camera: { yes: Video, soft: Video, no: VideoOff },
};

/** What the server hears and sees of the patient, or why not. */
export function ProofWords({ session }: { session: Session }) {
  return (
    <ul class="proof">
      {proofLines(session).map((line) => (
        <ProofItem key={line.device} line={line} />
      ))}
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
