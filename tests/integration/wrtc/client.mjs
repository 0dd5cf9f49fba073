// A WebRTC client that nobody here wrote (@roamhq/wrtc, libwebrtc in Node): sends a tone and a plain
// picture, and says each half second, as one line of JSON, what it hears and sees.
// Run as `npm run client -- URL TOKEN HZ LUMA`; ends when its standard input does.
import wrtc from "@roamhq/wrtc";

const [url, token, hz, luma] = process.argv.slice(2);
const [width, height, rate] = [160, 120, 48_000];
const { RTCAudioSink, RTCAudioSource, RTCVideoSink, RTCVideoSource } = wrtc.nonstandard;
const heard = { sounds: 0, pictures: 0, hz: 0, luma: 0 };

const connection = new wrtc.RTCPeerConnection();
const audio = new RTCAudioSource();
const video = new RTCVideoSource();
for (const source of [audio, video]) connection.addTransceiver(source.createTrack());

connection.ontrack = ({ track }) => {
  if (track.kind === "audio") new RTCAudioSink(track).ondata = listen;
  else new RTCVideoSink(track).onframe = look;
};

// The pitch by the zero crossings of each second.
let samples = 0, crossings = 0, last = 0;
function listen({ samples: data, sampleRate, channelCount }) {
  heard.sounds += 1;
  for (let i = 0; i < data.length; i += channelCount) {
    if (last < 0 !== data[i] < 0) crossings += 1;
    last = data[i];
    samples += 1;
  }
  if (samples < sampleRate) return;
  heard.hz = (crossings * sampleRate) / samples / 2;
  samples = crossings = 0;
}

function look({ frame }) {
  const plane = frame.data.subarray(0, frame.width * frame.height);
  heard.pictures += 1;
  heard.luma = plane.reduce((sum, value) => sum + value, 0) / plane.length;
}

let sent = 0;
function speak() {
  const data = new Int16Array(rate / 100);
  for (let i = 0; i < data.length; i += 1)
    data[i] = 9_000 * Math.sin((2 * Math.PI * hz * sent++) / rate);
  audio.onData({ samples: data, sampleRate: rate, bitsPerSample: 16, channelCount: 1, numberOfFrames: data.length });
}

function show() {
  const data = new Uint8ClampedArray((width * height * 3) / 2).fill(128);
  data.fill(luma, 0, width * height);
  video.onFrame({ width, height, data });
}

await connection.setLocalDescription(await connection.createOffer());
const answer = await fetch(url, {
  method: "POST",
  headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/sdp" },
  body: connection.localDescription.sdp,
});
const sdp = await answer.text();
if (answer.status !== 201) throw new Error(sdp);
await connection.setRemoteDescription({ type: "answer", sdp });

// Timers come late: sound follows the clock, ten milliseconds at a time.
const began = performance.now();
setInterval(() => {
  while (sent / rate < (performance.now() - began) / 1000) speak();
}, 10);
setInterval(show, 66);
setInterval(() => console.log(JSON.stringify(heard)), 500);
process.stdin.on("end", () => process.exit(0)).resume();
