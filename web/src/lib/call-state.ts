/** What a page knows of its call, as one whole value. */
import type { RemoteTracks } from "./handover";
import type { CheckReport, ClosedReason, LineQuality, MediaProof } from "./types";

export type CallPhase =
  /** Not begun. */
  | "idle"
  /** First connection under way. */
  | "connecting"
  /** Packets go both ways. */
  | "connected"
  /** It was connected and is being brought back. */
  | "reconnecting"
  /** Over: `closedReason` says why; only `start` begins again. */
  | "closed";

/** Longer than any first connection that succeeds, in milliseconds. */
export const BLOCKED_AFTER_MS = 20_000;

export type CallState = {
  phase: CallPhase;
  /** Why it is over; `refused` when control will not answer an offer of this page any more. */
  closedReason: ClosedReason | "refused" | null;
  /** null until the node has said so to the peer that it knows. */
  gateOpen: boolean | null;
  /** What the node hears and sees of this very page. */
  proof: MediaProof | null;
  /** `connecting` for long although the server answers: no media passes this network. */
  blocked: boolean;
  /** How this page's own line is, of the last ten seconds; null from an older node. */
  quality: LineQuality | null;
  /** The check before the call, also a running one. */
  check: CheckReport | null;
  /** Whether the other side's media connection is alive. */
  otherConnected: boolean | null;
  /** The other side sends no picture now, so that its sound gets through. */
  otherPaused: boolean;
  /** The other side's line disturbs the contact; false from an older node. */
  otherWeak: boolean;
  /** This page is told to send no picture now, so that its own sound gets through. */
  ownPaused: boolean;
  remote: RemoteTracks;
  rttMs: number | null;
};

export const NO_TRACKS: RemoteTracks = { audio: null, camera: null, screen: null };

/** Before a call began. */
export const NO_CALL: CallState = {
  phase: "idle",
  closedReason: null,
  gateOpen: null,
  proof: null,
  blocked: false,
  quality: null,
  check: null,
  otherConnected: null,
  otherPaused: false,
  otherWeak: false,
  ownPaused: false,
  remote: NO_TRACKS,
  rttMs: null,
};
