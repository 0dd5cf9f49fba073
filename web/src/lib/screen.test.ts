import { beforeEach, describe, expect, test } from "vitest";
import { canShowScreen, Screen } from "./screen";
import { FakeTrack } from "./testing/track";

describe("showing one's screen", () => {
  let done: string[];
  let chosen: (track: FakeTrack | null) => void;
  let screen: Screen;

  beforeEach(() => {
    done = [];
    const name = (track: MediaStreamTrack | null) => track?.id ?? "nothing";
    screen = new Screen(
      {
        send: (track) => void done.push(`send ${name(track)}`),
        onChange: (track) => void done.push(`show ${name(track)}`),
      },
      () => ({
        getDisplayMedia: () =>
          new Promise((resolve, reject) => {
            chosen = (track) => {
              if (!track) reject(new DOMException("", "NotAllowedError"));
              else resolve({ getVideoTracks: () => [track] } as unknown as MediaStream);
            };
          }),
      }),
    );
  });

  async function show(track: FakeTrack): Promise<void> {
    const shown = screen.show();
    chosen(track);
    await shown;
  }

  test("sends what was chosen, sharp", async () => {
    const track = new FakeTrack("slides");
    await show(track);
    expect(done).toEqual(["show slides", "send slides"]);
    expect(track.contentHint).toBe("detail");
  });

  test("ends by the browser's own bar and by ours, once", async () => {
    const track = new FakeTrack("slides");
    await show(track);
    track.dispatchEvent(new Event("ended"));
    screen.stop();
    expect(done.slice(2)).toEqual(["show nothing", "send nothing"]);
  });

  test("shows nothing where none was chosen, or none can be", async () => {
    const shown = screen.show();
    chosen(null);
    await shown;
    await new Screen(
      { send: () => done.push("send"), onChange: () => undefined },
      () => ({}),
    ).show();
    expect(done).toEqual([]);
  });

  test("shows nothing that is chosen after its session is over", async () => {
    const track = new FakeTrack("slides");
    const shown = screen.show();
    screen.close();
    chosen(track);
    await shown;
    expect(track.stopped).toBe(true);
    expect(done).toEqual([]);
  });

  test("lets another one take its place", async () => {
    const [first, second] = [new FakeTrack("first"), new FakeTrack("second")];
    await show(first);
    await show(second);
    expect(first.stopped).toBe(true);
    first.dispatchEvent(new Event("ended"));
    expect(done.at(-1)).toBe("send second");
    expect(second.stopped).toBe(false);
  });

  test("is offered only where the browser can", () => {
    expect(canShowScreen({})).toBe(false);
    expect(canShowScreen(undefined)).toBe(false);
    expect(canShowScreen({ getDisplayMedia: async () => new MediaStream() })).toBe(true);
  });
});
