import type { Level } from "../../lib/level";

interface Props {
  /** Whose line it is; null where that is plain. */
  name: string | null;
  /** Null where it is not known how good it is. */
  level: Level | null;
  text: string | null;
}

/** One person's line wherever it stands: the name, a shape, and a word or a few. */
export function PersonLine({ name, level, text }: Props) {
  return (
    <span class="person-line" data-level={level ?? "unknown"}>
      {name && <span class="cut">{name}</span>}
      {text && <span class={level ? `mark ${level}` : "soft"}>{text}</span>}
    </span>
  );
}
