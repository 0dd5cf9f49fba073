import { Info } from "lucide-preact";
import { useState } from "preact/hooks";
import type { Level } from "../lib/level";

interface Props {
  /** Null where the level is not known, as while the server itself is late. */
  level: Level | null;
  text: string;
  fold: string;
  unfold: string;
}

/** One sentence on the line during a call. It folds away until it says something else. */
export function LineNote({ level, text, fold, unfold }: Props) {
  const [folded, setFolded] = useState<string | null>(null);
  const isFolded = folded === text;
  return (
    <>
      <p class="only-heard" role="status" data-testid="line-note" data-level={level ?? "unknown"}>
        {text}
      </p>
      <button
        type="button"
        class="pill line-note"
        title={isFolded ? unfold : fold}
        aria-label={isFolded ? unfold : undefined}
        aria-expanded={!isFolded}
        onClick={() => setFolded(isFolded ? null : text)}
      >
        {level ? <span class={`mark ${level}`} aria-hidden="true" /> : <Info aria-hidden="true" />}
        {!isFolded && <span>{text}</span>}
      </button>
    </>
  );
}
