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

async function connectOn(platform: string | undefined, times = 1): Promise<string[]> {
  vi.stubGlobal("navigator", platform === undefined ? {} : { userAgentData: { platform } });
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

  it.each(["Android", "Chrome OS", undefined])(
    "connects in the page itself where echoes are cancelled by frame (%s)",
    async (platform) => {
      expect(await connectOn(platform)).toEqual(["page"]);
      expect(frames).toHaveLength(0);
    },
  );
});
