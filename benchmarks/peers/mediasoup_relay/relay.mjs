// A relay for rooms of two on mediasoup, for the comparison in benchmarks/peers.
//
// POST /rooms/NAME takes a page's offer and returns the answer once both of a room are there: each
// has one transport, produces sound and camera by it and consumes the other's. One worker, one
// socket for all, and a router for each room, as mediasoup's own demo has. GET /worker tells the
// worker's process. The first line of standard output is the port of the API.
import { createServer } from "node:http";
import { createWorker } from "mediasoup";

const FEEDBACK = [
  { type: "nack" },
  { type: "nack", parameter: "pli" },
  { type: "ccm", parameter: "fir" },
  { type: "transport-cc" },
];
const CODECS = {
  audio: { kind: "audio", mimeType: "audio/opus", clockRate: 48000, channels: 2 },
  video: { kind: "video", mimeType: "video/VP8", clockRate: 90000 },
};

const worker = await createWorker({ logLevel: "error" });
const server = await worker.createWebRtcServer({
  listenInfos: [{ protocol: "udp", ip: "127.0.0.1" }],
});
const rooms = new Map();

/** The room of this name, made by who comes first. */
function roomOf(name) {
  if (!rooms.has(name)) {
    const room = {
      people: [],
      router: worker.createRouter({ mediaCodecs: Object.values(CODECS) }),
    };
    room.full = new Promise((resolve) => (room.fill = resolve));
    rooms.set(name, room);
  }
  return rooms.get(name);
}

/** What the lines of an offer send, as mediasoup names it. */
function sentBy(offer, capabilities) {
  return offer
    .split(/^(?=m=)/m)
    .slice(1)
    .map((line) => {
      const kind = line.match(/^m=(\w+)/)[1];
      const codec = CODECS[kind];
      const payloadType = Number(
        line.match(new RegExp(`^a=rtpmap:(\\d+) ${codec.mimeType.slice(6)}/`, "m"))[1],
      );
      const rtx = line.match(new RegExp(`^a=fmtp:(\\d+) apt=${payloadType}\\r?$`, "m"));
      const [, group] = line.match(/^a=ssrc-group:FID (.*)$/m) ?? line.match(/^a=ssrc:(\d+)/m);
      const [ssrc, resent] = group.trim().split(" ").map(Number);
      const { mimeType, clockRate, channels } = codec;
      const rtcpFeedback = kind === "video" ? FEEDBACK : [{ type: "transport-cc" }];
      const known = new Set(
        capabilities.headerExtensions.filter((e) => e.kind === kind).map((e) => e.uri),
      );
      const parameters = {
        codecs: [{ mimeType, clockRate, channels, payloadType, rtcpFeedback }],
        headerExtensions: [...line.matchAll(/^a=extmap:(\d+) (\S+)/gm)]
          .map(([, id, uri]) => ({ id: Number(id), uri }))
          .filter((extension) => known.has(extension.uri)),
        encodings: [{ ssrc }],
      };
      if (rtx) {
        parameters.codecs.push({
          mimeType: "video/rtx",
          clockRate,
          payloadType: Number(rtx[1]),
          parameters: { apt: payloadType },
        });
        parameters.encodings[0].rtx = { ssrc: resent };
      }
      return { kind, rtpParameters: parameters };
    });
}

/** Take one in; the answer is there when the other one is. */
async function join(name, offer) {
  const room = roomOf(name);
  const place = room.people.push({}) - 1;
  const router = await room.router;
  const transport = await router.createWebRtcTransport({ webRtcServer: server });
  const [, value] = offer.match(/^a=fingerprint:sha-256 (\S+)/m);
  await transport.connect({
    dtlsParameters: { role: "client", fingerprints: [{ algorithm: "sha-256", value }] },
  });
  room.people[place].producers = await Promise.all(
    sentBy(offer, router.rtpCapabilities).map((line) => transport.produce(line)),
  );
  if (room.people.length === 2 && room.people.every((person) => person.producers)) {
    room.fill();
  }
  await room.full;
  const consumers = await Promise.all(
    room.people[1 - place].producers.map(({ id: producerId }) =>
      transport.consume({ producerId, rtpCapabilities: router.rtpCapabilities }),
    ),
  );
  return answer(transport, consumers);
}

/** The answer, as far as the load reads it. */
function answer(transport, consumers) {
  const { iceParameters, iceCandidates, dtlsParameters } = transport;
  const { value } = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === "sha-256");
  const [{ foundation, priority, address, port }] = iceCandidates;
  const head = [
    "v=0",
    "o=- 0 0 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=ice-lite",
    "a=group:BUNDLE 0 1",
  ];
  const lines = consumers.flatMap(({ kind, rtpParameters }, mid) => {
    const { codecs, encodings, headerExtensions } = rtpParameters;
    const sent = [encodings[0].ssrc, encodings[0].rtx?.ssrc].filter(Boolean);
    return [
      `m=${kind} ${port} UDP/TLS/RTP/SAVPF ${codecs.map((codec) => codec.payloadType).join(" ")}`,
      "c=IN IP4 127.0.0.1",
      `a=candidate:${foundation} 1 udp ${priority} ${address} ${port} typ host`,
      `a=ice-ufrag:${iceParameters.usernameFragment}`,
      `a=ice-pwd:${iceParameters.password}`,
      `a=fingerprint:sha-256 ${value}`,
      "a=setup:passive",
      `a=mid:${mid}`,
      "a=sendrecv",
      "a=rtcp-mux",
      ...headerExtensions.map(({ id, uri }) => `a=extmap:${id} ${uri}`),
      ...codecs.map(
        (codec) => `a=rtpmap:${codec.payloadType} ${codec.mimeType.slice(6)}/${codec.clockRate}`,
      ),
      ...sent.map((ssrc) => `a=ssrc:${ssrc} cname:relay`),
    ];
  });
  return [...head, ...lines, ""].join("\r\n");
}

async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

const api = createServer(async (request, response) => {
  try {
    const said =
      request.url === "/worker"
        ? String(worker.pid)
        : await join(request.url, await bodyOf(request));
    response.end(said);
  } catch (error) {
    response.writeHead(400).end(String(error));
  }
});
api.listen(0, "127.0.0.1", () => console.log(api.address().port));
