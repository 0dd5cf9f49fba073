import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Picture, Sound } from "./picture";
import { aPage, type FakeMedia } from "./testing/dom";

const aTrack = (id: string) => ({ id }) as unknown as MediaStreamTrack;
const NOT_ALLOWED = new DOMException("no gesture", "NotAllowedError");
const ABORTED = new DOMException("a newer source", "AbortError");

let at: ReturnType<typeof aPage>;
beforeEach(() => {
  at = aPage();
});
afterEach(async () => {
  await at.draw(null);
  vi.unstubAllGlobals();
});

describe("a picture", () => {
  const video = () => at.body.find<FakeMedia>("video") as FakeMedia;

  test("is never heard, and plays where it stands", async () => {
    await at.draw(<Picture track={aTrack("a")} />);
    expect(video().muted).toBe(true);
    expect(video().autoplay).toBe(true);
    expect(video().attributes.has("playsInline")).toBe(true);
    expect(video().plays).toBe(1);
  });

  test("is mirrored only when it is one's own, beside whatever class it is given", async () => {
    await at.draw(<Picture track={null} mirrored class="own" />);
    expect(video().attributes.get("class")).toBe("mirrored own");
    await at.draw(<Picture track={null} />);
    expect(video().attributes.get("class") ?? "").toBe("");
  });

  test("is not begun anew by being drawn again", async () => {
    const track = aTrack("a");
    await at.draw(<Picture track={track} />);
    const stream = video().srcObject;
    await at.draw(<Picture track={track} class="filling" />);
    expect(video().srcObject).toBe(stream);
    expect(video().plays).toBe(1);
  });

  test("changes with its track, and shows nothing without one", async () => {
    await at.draw(<Picture track={aTrack("a")} />);
    await at.draw(<Picture track={aTrack("b")} />);
    expect(video().srcObject?.tracks).toEqual([{ id: "b" }]);
    expect(video().plays).toBe(2);
    await at.draw(<Picture track={null} />);
    expect(video().srcObject).toBeNull();
    expect(video().plays).toBe(2);
  });

  test("survives a play that a newer track cut short", async () => {
    await at.draw(<Picture track={null} />);
    video().refusal = ABORTED;
    await at.draw(<Picture track={aTrack("a")} />);
    expect(video().plays).toBe(1);
  });
});

describe("a sound", () => {
  const audio = () => at.body.find<FakeMedia>("audio") as FakeMedia;
  const button = () => at.body.find("button");
  const sound = (part: { id?: string; speaker?: string; capturing?: unknown } = {}) => {
    const { id = "a", speaker = "", capturing = null } = part;
    tracks[id] ??= aTrack(id);
    return (
      <Sound
        track={tracks[id]}
        speaker={speaker}
        capturing={capturing}
        blocked={(play) => <button type="button" onClick={play} />}
      />
    );
  };
  let tracks: Record<string, MediaStreamTrack>;
  /** Draw it in a browser that does not let it play. */
  async function refused(): Promise<void> {
    await at.draw(
      <Sound track={null} capturing={null} blocked={() => null} />, // the element, before its track
    );
    audio().refusal = NOT_ALLOWED;
    await at.draw(sound());
  }

  beforeEach(() => {
    tracks = {};
  });

  test("is heard, on the loudspeaker that was chosen", async () => {
    await at.draw(sound());
    expect(audio().muted).toBe(false);
    expect(audio().plays).toBe(1);
    await at.draw(sound({ speaker: "headphones" }));
    expect(audio().sinks).toEqual(["", "headphones"]);
    expect(button()).toBeNull();
  });

  test("offers a button where the browser refuses, and takes it away when it plays", async () => {
    await refused();
    expect(button()).not.toBeNull();
    await at.when(() => button()?.dispatchEvent(new Event("click")));
    expect(audio().plays).toBe(2);
    expect(button(), "refused again").not.toBeNull();
    audio().refusal = null;
    await at.when(() => button()?.dispatchEvent(new Event("click")));
    expect(button()).toBeNull();
  });

  test("plays by itself when the page begins to capture", async () => {
    await refused();
    audio().refusal = null;
    await at.draw(sound({ capturing: aTrack("microphone") }));
    expect(audio().plays).toBe(2);
    expect(button()).toBeNull();
  });

  test("plays by itself when anything is pressed anywhere", async () => {
    await refused();
    audio().refusal = null;
    await at.when(() => at.page.dispatchEvent(new Event("keydown")));
    expect(audio().plays).toBe(2);
    expect(button()).toBeNull();
  });

  test("offers no button for a failure of another kind, nor for no sound at all", async () => {
    await at.draw(<Sound track={null} capturing={null} blocked={() => null} />);
    audio().refusal = ABORTED;
    await at.draw(sound());
    expect(button()).toBeNull();
    audio().refusal = NOT_ALLOWED;
    await at.draw(sound({ id: "b" }));
    expect(button()).not.toBeNull();
    await at.draw(<Sound track={null} capturing={null} blocked={() => <button type="button" />} />);
    expect(button()).toBeNull();
  });

  test("is not tried again once it is off the page", async () => {
    await refused();
    const element = audio();
    await at.draw(null);
    at.page.dispatchEvent(new Event("click"));
    expect(element.plays).toBe(1);
  });
});
