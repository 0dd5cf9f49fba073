import { Info } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Level } from "../lib/level";

interface Props {
  /** Null where the level is not known, as while the server itself is late. */
  level: Level | null;
  text: string;
  fold: string;
  unfold: string;
  /** What can be done about it; gone with the words where folded. */
  children?: ComponentChildren;
}

/** One sentence on the line during a call. It folds away until it says something else. */
export function LineNote({ level, text, fold, unfold, children }: Props) {
  const [folded, setFolded] = useState<string | null>(null);
  const isFolded = folded === text;
  return (
    <>
      <p class="only-heard" role="status" data-testid="line-note" data-level={level ?? "unknown"}>
        {text}
      </p>
      <div class={isFolded ? "pill line-note" : "pill line-note open"}>
        <button
          type="button"
          title={isFolded ? unfold : fold}
          aria-label={isFolded ? unfold : undefined}
          aria-expanded={!isFolded}
          onClick={() => setFolded(isFolded ? null : text)}
        >
          {level ? (
            <span class={`mark ${level}`} aria-hidden="true" />
          ) : (
            <Info aria-hidden="true" />
          )}
          {!isFolded && <span>{text}</span>}
        </button>
        {!isFolded && children}
      </div>
    </>
  );
}
