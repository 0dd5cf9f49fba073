"""A relay for rooms of two on aiortc: `python -m benchmarks.peers.aiortc_relay`.

POST /rooms/NAME takes a page's offer and returns the answer. What one of a room sends, the other
gets by aiortc's MediaRelay: decoded, and encoded again, as aiortc offers no other way. The first
line of standard output is the port of the API.
"""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay


class Rooms:
    """Who is where."""

    def __init__(self) -> None:
        self._relay = MediaRelay()
        self._people: list[RTCPeerConnection] = []
        self._alone: dict[str, RTCPeerConnection] = {}
        """By room."""

    async def join(self, request: web.Request) -> web.Response:
        """Take an offer; who comes second hears the first, and the other way round."""
        name = request.match_info["name"]
        joined = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._people.append(joined)
        await joined.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
        for line in joined.getTransceivers():
            line.direction = "sendrecv"
        first = self._alone.pop(name, None)
        if first is None:
            self._alone[name] = joined
        else:
            self._let_hear(joined, first)
            self._let_hear(first, joined)
        await joined.setLocalDescription(await joined.createAnswer())
        return web.Response(text=joined.localDescription.sdp)

    def _let_hear(self, listener: RTCPeerConnection, speaker: RTCPeerConnection) -> None:
        """Send to one what comes of the other."""
        for to, of in zip(listener.getTransceivers(), speaker.getTransceivers(), strict=True):
            to.sender.replaceTrack(self._relay.subscribe(of.receiver.track))


async def _serve() -> None:
    app = web.Application()
    app.add_routes([web.post("/rooms/{name}", Rooms().join)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
