import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/** Whose constructor made a connection. */
const made: string[] = [];
const windowOf = (name: string) => ({
  RTCPeerConnection: class {
    constructor() {
      made.push(name);
    }
  },
});

type Frame = { allow: string; hidden: boolean; isConnected: boolean; contentWindow: object | null };
const frames: Frame[] = [];

async function connectOn(
  platform: string | undefined,
  times = 1,
  maxTouchPoints = 0,
): Promise<string[]> {
  const userAgentData = platform === undefined ? undefined : { platform };
  vi.stubGlobal("navigator", { userAgentData, maxTouchPoints });
  const { newConnection } = await import("./connection");
  for (let i = 0; i < times; i++) newConnection();
  return made;
}

beforeEach(() => {
  vi.resetModules();
  made.length = frames.length = 0;
  vi.stubGlobal("RTCPeerConnection", windowOf("page").RTCPeerConnection);
  vi.stubGlobal("document", {
    createElement: () => ({ isConnected: false, contentWindow: null }),
    body: {
      append: (frame: Frame) => {
        frames.push(Object.assign(frame, { isConnected: true, contentWindow: windowOf("frame") }));
      },
    },
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("newConnection", () => {
  it.each(["Linux", "Windows", "macOS"])(
    "connects Chromium on %s in a hidden frame without camera and microphone",
    async (platform) => {
      expect(await connectOn(platform)).toEqual(["frame"]);
      const [frame] = frames;
      expect(frame?.allow).toBe("camera 'none'; microphone 'none'");
      expect(frame?.hidden).toBe(true);
    },
  );

  it("makes one frame for all connections of a page", async () => {
    expect(await connectOn("Linux", 3)).toEqual(["frame", "frame", "frame"]);
    expect(frames).toHaveLength(1);
  });

  it("takes Linux with a touch screen for a tablet that asks for the pages of a desktop", async () => {
    expect(await connectOn("Linux", 1, 5)).toEqual(["page"]);
    expect(await connectOn("Windows", 1, 5)).toEqual(["page", "frame"]);
  });

  it.each(["Android", "Chrome OS", undefined])(
    "connects in the page itself where echoes are cancelled by frame (%s)",
    async (platform) => {
      expect(await connectOn(platform)).toEqual(["page"]);
      expect(frames).toHaveLength(0);
    },
  );
});
