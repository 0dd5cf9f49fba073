import { CircleAlert, Info, X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { initials } from "../lib/titles";
import { IconButton } from "./button";

/** The logo, two rings that meet, and the name. */
export function Brand({ bare = false }: { bare?: boolean }) {
  return (
    <span class="brand">
      <svg viewBox="0 0 28 20" fill="none" stroke-width="2.5" aria-hidden="true">
        <circle class="one" cx="10" cy="10" r="8.5" />
        <circle class="other" cx="18" cy="10" r="8.5" />
      </svg>
      <span class={bare ? "only-heard" : undefined}>Visavis</span>
    </span>
  );
}

interface FaceProps {
  name: string;
  /** Shows the clay dot of somebody who waits. */
  here?: boolean;
  size?: "little" | "normal" | "large";
}

/** A person's initials in a quiet circle; the name itself stands beside it. */
export function Face({ name, here, size = "normal" }: FaceProps) {
  return (
    <span class={["face", size, here && "here"].filter(Boolean).join(" ")} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

const BARS_DBFS = [-60, -48, -38, -28, -18];

/** How loud, as the server measured it (dBFS, RFC 6464); null when nothing has arrived. */
export function LevelBars({ dbfs }: { dbfs: number | null }) {
  return (
    <span class="level" aria-hidden="true">
      {BARS_DBFS.map((threshold) => (
        <i key={threshold} class={dbfs !== null && dbfs >= threshold ? "on" : undefined} />
      ))}
    </span>
  );
}

interface FoldableProps {
  folded: boolean;
  onFold: (folded: boolean) => void;
  /** What the button does now. */
  label: string;
  children: ComponentChildren;
}

/** A note that can be folded to a button, where it covers what matters more. */
export function Foldable({ folded, onFold, label, children }: FoldableProps) {
  return (
    <div class={folded ? "foldable folded" : "foldable"}>
      {!folded && children}
      <IconButton
        class="fold"
        icon={folded ? CircleAlert : X}
        label={label}
        aria-expanded={!folded}
        data-testid="fold"
        onClick={() => onFold(!folded)}
      />
    </div>
  );
}

interface NoteProps {
  trouble?: boolean;
  children: ComponentChildren;
  "data-testid"?: string;
}

/** One sentence about what happened and what to do. Trouble is read out at once. */
export function Note({ trouble, children, ...rest }: NoteProps) {
  const Icon = trouble ? CircleAlert : Info;
  return (
    <div class={trouble ? "note trouble" : "note"} role={trouble ? "alert" : "status"} {...rest}>
      <Icon aria-hidden="true" />
      <span>{children}</span>
    </div>
  );
}
