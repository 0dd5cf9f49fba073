import type { CallState } from "../lib/call";
import type { Session } from "../lib/types";

export interface RoomLine {
  /** Both gates are open: the two are face to face, or were until a moment ago. */
  readonly contact: boolean;
  /** Shown over the last picture instead of a black one. */
  readonly dimmed: boolean;
  /** The one sentence to say, by its key; null when all is well. */
  readonly say: "room.closing" | "room.reconnecting" | "room.reconnecting_you" | null;
}

/**
 * Where a room stands, from what the node and control say. Pure.
 *
 * The node's word on the gate goes first: it is there while control is away. One's own lost line
 * goes before the other's, since the other's state cannot be known through it.
 */
export function roomLine(session: Session, call: CallState | null): RoomLine {
  // Sent back, and the node does not answer: the two are parted here already.
  if (session.closing) return { contact: false, dimmed: false, say: "room.closing" };
  const contact = call?.gateOpen ?? session.gate_open;
  if (call?.phase === "reconnecting")
    return { contact, dimmed: contact, say: "room.reconnecting_you" };
  const otherLost = session.patient_reconnecting || (contact && isSilent(session, call));
  return { contact, dimmed: contact && otherLost, say: otherLost ? "room.reconnecting" : null };
}

/** Nothing arrives from the patient: the node knows it at once, control a little later. */
function isSilent(session: Session, call: CallState | null): boolean {
  return call?.otherConnected === false || session.patient_proof?.connected === false;
}
