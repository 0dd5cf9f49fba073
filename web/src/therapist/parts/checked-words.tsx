import type { Checked } from "../checked";
import { LastCheck } from "./last-check";

/** "Checked: 10:58"; of a check that counts no more "Last check 20 minutes ago", with its word. */
export function CheckedWords({ checked }: { checked: Checked | null }) {
  if (!checked) return null;
  if (checked.kind === "old") return <LastCheck check={checked} />;
  return (
    <span
      class="small soft num"
      data-testid="line-checked"
      data-running={checked.kind === "running"}
    >
      {checked.text}
    </span>
  );
}
