/**
 * Where a page's peer connections come from.
 *
 * Once a page may use camera and microphone, Chromium binds a connection to the address of each
 * network interface, and learns of another address late: its network notifier waits 2 s on Linux,
 * 1.5 s on Windows. A frame that may use neither binds to no address and sends on from whichever
 * there is, so desktop Chromium connects in such a frame: a changed address costs 0.2 s there
 * instead of 2.5 (docs/benchmarks.md). Packets then go the way that the system routes this page's
 * other requests.
 *
 * Only where echoes are cancelled against all that the browser plays, which Chromium does on these
 * systems: elsewhere it listens to the frame of the microphone alone.
 */

export type NewConnection = () => RTCPeerConnection;

type Realm = typeof globalThis;
/** Chromium's User-Agent Client Hints; TypeScript and the other browsers do not know them. */
type Hints = { userAgentData?: { platform: string } };

const PLATFORMS = ["Linux", "Windows", "macOS"];
const FORBIDDEN = "camera 'none'; microphone 'none'";

let frame: HTMLIFrameElement | null = null;

/** Make a connection that survives a change of this device's address where that can be had. */
export const newConnection: NewConnection = () => {
  const { RTCPeerConnection } = unbound() ?? globalThis;
  return new RTCPeerConnection({ bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" });
};

/** The frame's window; null where this page's own is as good, or better. */
function unbound(): Realm | null {
  if (!cancelsAllEchoes(navigator)) return null;
  if (!frame?.isConnected) {
    frame = document.createElement("iframe");
    frame.allow = FORBIDDEN;
    frame.hidden = true;
    document.body.append(frame);
  }
  return frame.contentWindow as Realm | null;
}

/** A tablet that asks for the pages of a desktop calls itself Linux, and is Android. */
function cancelsAllEchoes({ userAgentData, maxTouchPoints }: Navigator & Hints): boolean {
  const platform = userAgentData?.platform ?? "";
  return PLATFORMS.includes(platform) && !(platform === "Linux" && maxTouchPoints > 0);
}
