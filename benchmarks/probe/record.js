// Records the other side's sound as it is decoded, in a page under probe.js: 16 bits, one channel, base64.
async (seconds) => {
  const HZ = 48_000;
  const live = window.__probe.pcs.filter((pc) => pc.connectionState === "connected");
  const tracks = live.flatMap((pc) => pc.getReceivers()).map((it) => it.track);
  const track = tracks.find((it) => it.kind === "audio" && !it.muted);
  const context = new AudioContext({ sampleRate: HZ });
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const tap = context.createScriptProcessor(16_384, 1, 1);
  const sound = new Int16Array(HZ * seconds);
  let filled = 0;
  let startedAt = 0;
  await new Promise((resolve) => {
    tap.onaudioprocess = ({ inputBuffer }) => {
      const samples = inputBuffer.getChannelData(0);
      if (!startedAt) startedAt = performance.timeOrigin + performance.now() - (1000 * samples.length) / HZ;
      for (let at = 0; at < samples.length && filled < sound.length; at++) sound[filled++] = samples[at] * 32_767;
      if (filled === sound.length) resolve();
    };
    source.connect(tap).connect(context.destination);
  });
  await context.close();
  let bytes = "";
  const raw = new Uint8Array(sound.buffer);
  for (let at = 0; at < raw.length; at += 8192) bytes += String.fromCharCode(...raw.subarray(at, at + 8192));
  return { startedAt, sound: btoa(bytes) };
}
