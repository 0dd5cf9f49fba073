// Two pages that call each other without a server between: the peer that a relayed call is compared with.
// Run in both pages; candidates are gathered before a description is handed over.
(() => {
  const SOUND = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const MAX_BITRATE = 2_500_000;
  const pc = new RTCPeerConnection();
  const remote = document.createElement("video");
  remote.autoplay = true;
  remote.muted = true;
  remote.style.cssText = "position:fixed;inset:0;width:100%;height:100%";
  document.body.append(remote);
  pc.ontrack = ({ streams: [stream] }) => {
    remote.srcObject = stream;
  };
  const described = async (description) => {
    await pc.setLocalDescription(description);
    while (pc.iceGatheringState !== "complete") await new Promise((next) => setTimeout(next, 10));
    return pc.localDescription.sdp;
  };
  window.__direct = {
    async prepare() {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: SOUND, video: true });
      for (const track of stream.getTracks()) pc.addTrack(track, stream);
    },
    offer: () => described(),
    async answer(sdp) {
      await pc.setRemoteDescription({ type: "offer", sdp });
      const answer = await described();
      await window.__direct.uncap();
      return answer;
    },
    async accept(sdp) {
      await pc.setRemoteDescription({ type: "answer", sdp });
      await window.__direct.uncap();
    },
    // Chromium's own limit at this picture size is lower than what we ask of ours.
    async uncap() {
      const sender = pc.getSenders().find(({ track }) => track.kind === "video");
      const parameters = sender.getParameters();
      parameters.encodings[0].maxBitrate = MAX_BITRATE;
      await sender.setParameters(parameters);
    },
  };
})();
