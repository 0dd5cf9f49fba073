// Put before every page's own scripts, in tests alone: it watches the page's connections, pictures and sound from
// beside, and changes nothing of what the product does. Times are milliseconds since the Unix epoch, from the
// monotonic clock, so that two browsers on one machine can be compared.
(() => {
  const CODE_BITS = 16;
  const now = () => performance.timeOrigin + performance.now();
  // A page may connect in a frame of its own: what it does there is the page's.
  const inFrame = window !== window.top;
  const probe = inFrame
    ? window.top.__probe
    : { pcs: [], locals: [], sockets: [], clicks: [], firstFrames: [], frames: 0, restarts: 0 };

  // Connections, own streams, sockets and clicks as they come.
  window.RTCPeerConnection = class extends window.RTCPeerConnection {
    constructor(...args) {
      super(...args);
      probe.pcs.push(this);
    }
    restartIce() {
      probe.restarts += 1;
      super.restartIce();
    }
  };
  if (inFrame) return;
  window.__probe = probe;
  const media = navigator.mediaDevices;
  if (media) {
    const getUserMedia = media.getUserMedia.bind(media);
    media.getUserMedia = async (constraints) => {
      const stream = await getUserMedia(constraints);
      probe.locals.push(stream);
      return stream;
    };
  }
  window.WebSocket = class extends window.WebSocket {
    constructor(...args) {
      super(...args);
      const entry = { url: String(args[0]), askedAt: now(), openedAt: null, closedWith: null };
      probe.sockets.push(entry);
      this.addEventListener("open", () => (entry.openedAt = now()));
      this.addEventListener("close", (event) => (entry.closedWith = event.code));
    }
  };
  window.addEventListener(
    "click",
    (event) => probe.clicks.push({ at: now(), text: (event.target.closest?.("button, a")?.textContent ?? "").trim() }),
    true,
  );

  // When did a text first stand on the page? Asked for before it comes.
  probe.awaitText = (text) =>
    new Promise((resolve) => {
      const look = () => document.body?.innerText.includes(text);
      if (look()) return resolve(now());
      const observer = new MutationObserver(() => {
        if (!look()) return;
        observer.disconnect();
        resolve(now());
      });
      observer.observe(document.documentElement, { subtree: true, childList: true, characterData: true });
    });

  // Which is whose.
  const live = () => probe.pcs.filter((pc) => pc.connectionState !== "closed");
  const isRemote = (track) => live().some((pc) => pc.getReceivers().some((receiver) => receiver.track === track));
  const isLocal = (track) => !isRemote(track);
  const videos = (whose) =>
    [...document.querySelectorAll("video")].filter((video) => {
      const track = video.srcObject?.getVideoTracks?.()[0];
      return track && (whose === "remote" ? isRemote(track) : isLocal(track));
    });
  const shown = (video) => {
    const box = video.getBoundingClientRect();
    return video.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ? box.width * box.height : 0;
  };
  probe.video = (whose) => videos(whose).sort((a, b) => shown(b) - shown(a)).find((video) => shown(video) > 0);

  // The first frame of the other side that each video element shows.
  const hooked = new WeakSet();
  const hook = (video) => {
    if (hooked.has(video) || !video.requestVideoFrameCallback) return;
    hooked.add(video);
    const onFrame = (_at, frame) => {
      const track = video.srcObject?.getVideoTracks?.()[0];
      if (track && isRemote(track) && frame.width > 2) {
        probe.frames += 1;
        const at = performance.timeOrigin + frame.presentationTime;
        if (!probe.firstFrames.some((first) => first.video === video)) probe.firstFrames.push({ at, video });
        probe.lastFrameAt = at;
      }
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  };
  new MutationObserver(() => document.querySelectorAll("video").forEach(hook)).observe(document, {
    subtree: true,
    childList: true,
  });

  // What a picture shows: the colour of its middle, the frame number along its lower edge, the flash above.
  const canvas = document.createElement("canvas");
  const [W, H] = [320, 180];
  canvas.width = W;
  canvas.height = H;
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  const mean = (x, y, width, height) => {
    const { data } = brush.getImageData(x, y, width, height);
    const sum = [0, 0, 0];
    for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c++) sum[c] += data[i + c];
    return sum.map((total) => total / (data.length / 4));
  };
  const bright = (rgb) => (rgb[0] + rgb[1] + rgb[2]) / 3;
  const readPicture = (video) => {
    brush.drawImage(video, 0, 0, W, H);
    const block = W / CODE_BITS;
    let frame = 0;
    for (let bit = 0; bit < CODE_BITS; bit++) frame = frame * 2 + (bright(mean(bit * block + 6, 156, 8, 16)) > 128);
    return { rgb: mean(100, 70, 120, 50).map(Math.round), frame, flash: bright(mean(60, 12, 200, 20)) > 128 };
  };
  probe.look = (whose) => {
    const video = probe.video(whose);
    return video && video.videoWidth > 2 ? { ...readPicture(video), width: video.videoWidth } : null;
  };

  // What is heard: the loudest frequency, and the level there.
  const track = (whose, kind) =>
    whose === "remote"
      ? live().flatMap((pc) => pc.getReceivers()).map((it) => it.track).find((it) => it.kind === kind && !it.muted)
      : probe.locals.flatMap((stream) => stream.getTracks()).findLast((it) => it.kind === kind && it.readyState === "live");
  const analyser = (whose, ...before) => {
    const context = new AudioContext();
    const source = context.createMediaStreamSource(new MediaStream([track(whose, "audio")]));
    const analyser = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 });
    const chain = [source, ...before.map((make) => make(context)), analyser];
    chain.reduce((from, to) => from.connect(to));
    return { context, analyser };
  };
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  probe.listen = async (whose) => {
    if (!track(whose, "audio")) return null;
    const { context, analyser: ear } = analyser(whose);
    await context.resume();
    const spectrum = new Float32Array(ear.frequencyBinCount);
    const total = new Float64Array(ear.frequencyBinCount);
    for (let i = 0; i < 10; i++) {
      await pause(100);
      ear.getFloatFrequencyData(spectrum);
      spectrum.forEach((db, bin) => (total[bin] += Math.max(db, -120)));
    }
    const hz = context.sampleRate / ear.fftSize;
    await context.close();
    const best = total.reduce((top, db, bin) => (db > total[top] ? bin : top), 3);
    return { hz: best * hz, db: total[best] / 10 };
  };

  // Which element plays the other side's sound, and does it?
  probe.speaker = () => {
    const element = [...document.querySelectorAll("audio, video")].find((it) =>
      it.srcObject?.getAudioTracks?.().some((own) => isRemote(own)),
    );
    return element
      ? { paused: element.paused, muted: element.muted, volume: element.volume, at: element.currentTime }
      : null;
  };

  // Flashes seen and beeps heard over some seconds: milliseconds of each, by one clock.
  probe.lips = async (whose, seconds) => {
    const band = (context) => new BiquadFilterNode(context, { type: "bandpass", frequency: 3000, Q: 3 });
    const { context, analyser: ear } = analyser(whose, band);
    await context.resume();
    const video = probe.video(whose);
    const [flashes, beeps] = [[], []];
    let [running, wasFlash, skew] = [true, true, Number.POSITIVE_INFINITY];
    const onFrame = (_at, frame) => {
      if (!running) return;
      const { flash } = readPicture(video);
      if (flash && !wasFlash) flashes.push(frame.presentationTime);
      wasFlash = flash;
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
    const samples = new Float32Array(ear.fftSize);
    const until = performance.now() + seconds * 1000;
    let lastBeepAt = -1;
    while (performance.now() < until) {
      await pause(20);
      ear.getFloatTimeDomainData(samples);
      const end = context.currentTime;
      skew = Math.min(skew, performance.now() - end * 1000); // just after a block was rendered it is the true one
      const loud = samples.findIndex((sample) => Math.abs(sample) > 0.1);
      const at = end - (samples.length - loud) / context.sampleRate;
      if (loud > 0 && at - lastBeepAt > 1) beeps.push(at * 1000);
      if (loud >= 0) lastBeepAt = Math.max(lastBeepAt, at);
    }
    running = false;
    await context.close();
    return { flashes, beeps: beeps.map((at) => at + skew) };
  };

  // What the connection counts.
  probe.stats = async () => {
    const sum = {
      framesReceived: 0, framesDecoded: 0, audioEnergy: 0, samples: 0, audioPackets: 0, audioLost: 0, videoBytes: 0,
      concealed: 0, freezes: 0, pairs: 0, framesSent: 0, sentVideoBytes: 0,
    };
    for (const pc of live()) {
      for (const it of (await pc.getStats()).values()) {
        if (it.type === "inbound-rtp" && it.kind === "audio") {
          sum.audioEnergy += it.totalAudioEnergy ?? 0;
          sum.samples += it.totalSamplesReceived ?? 0;
          sum.audioPackets += it.packetsReceived ?? 0;
          sum.audioLost += it.packetsLost ?? 0;
          sum.concealed += it.concealedSamples ?? 0;
        }
        if (it.type === "inbound-rtp" && it.kind === "video") {
          sum.framesReceived += it.framesReceived ?? 0;
          sum.framesDecoded += it.framesDecoded ?? 0;
          sum.videoBytes += it.bytesReceived ?? 0;
          sum.freezes += it.freezeCount ?? 0;
        }
        if (it.type === "outbound-rtp" && it.kind === "video") {
          sum.framesSent += it.framesSent ?? 0;
          sum.sentVideoBytes += it.bytesSent ?? 0;
        }
        if (it.type === "candidate-pair" && it.state === "succeeded") sum.pairs += 1;
      }
    }
    return { at: now(), ...sum };
  };

  const allStats = async () => {
    const reports = await Promise.all(live().map((pc) => pc.getStats()));
    return reports.flatMap((report) => [...report.values()]);
  };

  // The two candidates between which packets go now, ours first.
  const route = async () => {
    const stats = await allStats();
    const named = (id) => stats.find((it) => it.id === id);
    const pair = named(stats.find((it) => it.selectedCandidatePairId)?.selectedCandidatePairId);
    return pair ? [named(pair.localCandidateId), named(pair.remoteCandidateId)] : null;
  };
  probe.route = async () => (await route())?.map(({ address }) => address) ?? null;
  probe.protocol = async () => (await route())?.[0].protocol ?? null;
  probe.relay = async () => (await route())?.[0].relayProtocol ?? null;

  // The video stream that is received or sent ("inbound-rtp", "outbound-rtp") most: codec, and what was repaired.
  probe.videoStream = async (type) => {
    const stats = await allStats();
    const packets = (it) => it.packetsReceived ?? it.packetsSent;
    const streams = stats.filter((it) => it.type === type && it.kind === "video" && it.codecId);
    const stream = streams.sort((a, b) => packets(b) - packets(a))[0];
    return (
      stream && {
        codec: stats.find((it) => it.id === stream.codecId).mimeType,
        keyFrames: stream.keyFramesDecoded ?? stream.keyFramesEncoded,
        nacks: stream.nackCount,
        resent: stream.retransmittedPacketsReceived ?? stream.retransmittedPacketsSent ?? 0,
      }
    );
  };

  // Stats every so often, kept here while the test does something else.
  probe.record = (everyMs) => {
    const rows = [];
    const timer = setInterval(async () => rows.push(await probe.stats()), everyMs);
    probe.recorded = () => rows;
    probe.takeRecorded = () => rows.splice(0);
    probe.stopRecording = () => {
      clearInterval(timer);
      return rows;
    };
  };
})();
