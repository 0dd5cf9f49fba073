// Put before a page's own scripts, in tests alone: a browser whose network lets out nothing but TURN by one transport.
// It keeps the credentials that the page gathers with, in __turn.gathered, each time that it sets them.
(() => {
  const turn = (window.top.__turn ??= { gathered: [] }); // the page's, wherever in it the connection is
  const ALLOWED = TRANSPORT; // written in by the test
  const allowed = (url) => (url.startsWith("turns:") ? "tls" : new URL(url).searchParams.get("transport")) === ALLOWED;
  const only = (configuration = {}) => ({
    ...configuration,
    iceTransportPolicy: "relay",
    iceServers: (configuration.iceServers ?? []).map((server) => ({ ...server, urls: server.urls.filter(allowed) })),
  });
  window.RTCPeerConnection = class extends window.RTCPeerConnection {
    constructor(configuration) {
      super(only(configuration));
    }
    setConfiguration(configuration) {
      turn.gathered.push(...configuration.iceServers.map(({ username }) => username));
      super.setConfiguration(only(configuration));
    }
  };
})();
