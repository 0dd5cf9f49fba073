import { Note } from "../../ui";
import { troubleText } from "../trouble";

interface TroubleProps {
  error: unknown;
  /** Whose name the sentence may need. */
  name?: string;
  /** At the edge of the window, where there is no room beside the button. */
  floating?: boolean;
}

/** What went wrong, as one sentence; nothing while nothing did. */
export function Trouble({ error, name = "", floating }: TroubleProps) {
  if (error === null || error === undefined) return null;
  const note = <Note trouble>{troubleText(error, name)}</Note>;
  return floating ? <div class="floating">{note}</div> : note;
}
