/** Having both lines checked, and what the media node has of them then. */
import { signal } from "@preact/signals";
import { savesData } from "../../lib/saving";
import { api } from "../api";
import { asMe } from "./account";
import { knownSession, learn } from "./sessions";

interface Checked {
  readonly sessionId: string;
  /** ISO 8601, by the server's clock. */
  readonly at: string;
}

/** The last check, of whichever session. */
export const lineChecked = signal<Checked | null>(null);

/** Begin a check, and show what was answered in place of what was last pushed. */
export async function checkLine(sessionId: string): Promise<void> {
  const { checked_at, therapist, patient } = await asMe(api.checkLine(sessionId, savesData()));
  const session = knownSession(sessionId);
  if (session && session.state !== "ended")
    learn({ ...session, therapist_proof: therapist, patient_proof: patient });
  lineChecked.value = { sessionId, at: checked_at };
}
