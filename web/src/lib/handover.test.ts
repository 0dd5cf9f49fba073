import { beforeEach, describe, expect, test } from "vitest";
import { NO_TRACKS } from "./call-state";
import { Handover, type RemoteTracks } from "./handover";
import { fakeTrack, MutedTrack } from "./testing/connection";
import { World } from "./testing/world";

describe("a handover", () => {
  let world: World;
  let told: string[];
  const old: RemoteTracks = { ...NO_TRACKS, audio: fakeTrack("o"), camera: fakeTrack("o") };

  beforeEach(() => {
    world = new World();
    told = [];
  });

  const begin = (shown: RemoteTracks, after: Partial<RemoteTracks>) =>
    new Handover(shown, { ...NO_TRACKS, ...after }, world, {
      onTrack: (slot, track) => track && told.push(`${slot} ${track.label}`),
      onEnd: () => told.push("end"),
    });

  test("passes each track with its first packet, and ends with the last", () => {
    const [voice, face] = [new MutedTrack("voice"), new MutedTrack("face")];
    begin(old, { audio: voice.asTrack, camera: face.asTrack });
    expect(told).toEqual([]);
    voice.unmute();
    expect(told).toEqual(["audio voice"]);
    face.unmute();
    expect(told).toEqual(["audio voice", "camera face", "end"]);
    expect(world.pending).toBe(0);
  });

  test("waits for nothing where nothing was shown or packets flow already", () => {
    begin(
      { ...NO_TRACKS, audio: fakeTrack("o") },
      { audio: fakeTrack("voice"), camera: new MutedTrack("face").asTrack },
    );
    expect(told).toEqual(["audio voice", "camera face", "end"]);
  });

  test("waits three seconds for a camera that is off", async () => {
    begin(old, { camera: new MutedTrack("face").asTrack });
    await world.pass(2999);
    expect(told).toEqual([]);
    await world.pass(1);
    expect(told).toEqual(["camera face", "end"]);
  });

  test("leaves slots as they are when it is ended early", async () => {
    const face = new MutedTrack("face");
    const handover = begin(old, { camera: face.asTrack });
    handover.end();
    face.unmute();
    await world.pass(5000);
    expect(told).toEqual(["end"]);
  });
});
