// What a person, a system or a phone call does to a page's microphone, and to the page: each can be undone.
(() => {
  const media = navigator.mediaDevices;
  const ask = media.getUserMedia;
  const tracks = () =>
    window.__probe.locals.flatMap((stream) => stream.getAudioTracks()).filter((it) => it.readyState === "live");
  const mute = (track, muted) => {
    Object.defineProperty(track, "muted", { configurable: true, get: () => muted });
    track.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  };
  const show = (state) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const send = async (active) => {
    const senders = window.__probe.pcs.flatMap((pc) => (pc.connectionState === "connected" ? pc.getSenders() : []));
    for (const sender of senders.filter(({ track }) => track?.kind === "audio")) {
      const parameters = sender.getParameters();
      for (const encoding of parameters.encodings) encoding.active = active;
      await sender.setParameters(parameters);
    }
  };
  window.__person = {
    // The button, off or on.
    switched: () => document.querySelector("[data-testid=toggle-microphone]").click(),

    // The room is still; the microphone hears that.
    hushed: () => tracks().forEach((track) => { track.enabled = false; }),
    loud: () => tracks().forEach((track) => { track.enabled = true; }),

    // A phone call: the track falls mute, and whoever asks anew gets one that is mute as well.
    callBegins: () => {
      media.getUserMedia = async (constraints) => {
        const stream = await ask.call(media, constraints);
        stream.getAudioTracks().forEach((track) => mute(track, true));
        return stream;
      };
      tracks().forEach((track) => mute(track, true));
    },
    callEnds: () => {
      media.getUserMedia = ask;
      tracks().forEach((track) => mute(track, false));
    },

    // Another program: the capture ends, and whoever asks anew is refused.
    seized: () => {
      media.getUserMedia = async () => { throw new DOMException("Could not start audio source", "NotReadableError"); };
      for (const track of tracks()) {
        track.stop();
        track.dispatchEvent(new Event("ended"));
      }
    },
    released: () => {
      media.getUserMedia = ask;
    },

    // A phone shows another page, and takes the microphone from this one without a word.
    hidden: () => { show("hidden"); return send(false); },
    shown: () => { show("visible"); return send(true); },
  };
})();
