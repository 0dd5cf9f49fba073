// A peer connection without our page: for what a browser does by itself. Evaluated in an empty page.
(() => {
  const pc = new RTCPeerConnection();
  window.__bare = {
    pc,
    // A camera line with a picture of changing grain, behind the line of sound that comes first in every offer.
    async offer() {
      pc.addTransceiver("audio");
      pc.addTransceiver(grain());
      await pc.setLocalDescription();
      return pc.localDescription.sdp;
    },
    accept: (sdp) => pc.setRemoteDescription({ type: "answer", sdp }),
    async limit(maxBitrate) {
      const sender = pc.getSenders().find(({ track }) => track?.kind === "video");
      const parameters = sender.getParameters();
      parameters.encodings[0].maxBitrate = maxBitrate;
      await sender.setParameters(parameters);
    },
  };

  function grain() {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [320, 240];
    const brush = canvas.getContext("2d");
    const picture = brush.createImageData(canvas.width, canvas.height);
    setInterval(() => {
      for (let i = 0; i < picture.data.length; i += 4) {
        picture.data.fill(96 + 64 * Math.random(), i, i + 3);
        picture.data[i + 3] = 255;
      }
      brush.putImageData(picture, 0, 0);
    }, 33);
    return canvas.captureStream(30).getVideoTracks()[0];
  }
})();
