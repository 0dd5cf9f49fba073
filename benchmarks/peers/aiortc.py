"""aiortc's MediaRelay: our own small program around it, `aiortc_relay`, by this very Python.

It decodes what comes and encodes it again, so the load's streams are recordings that it can decode,
and its rounds are judged by sounds and pictures (`benchmarks.relay.remade`).
"""

from __future__ import annotations

import platform
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from aiohttp import ClientSession

from benchmarks.load.recording import Recording, cached, read
from benchmarks.peers import place
from benchmarks.peers.adapter import Running
from benchmarks.peers.posting import PostPair, posted
from benchmarks.peers.recorded import recorded
from benchmarks.relay.joining import Pair
from benchmarks.relay.traffic import Call, Peer


class Aiortc:
    """It as a server to compare."""

    name, label, calls = "aiortc", "aiortc relay", 1
    unfair = (
        "It is Python, and a small program of ours around aiortc's MediaRelay, which decodes all "
        "sound and pictures and encodes them again: work that no other does. It is sent a "
        "recording of 640 by 360 in as many packets a second as the others; what is counted is "
        "the fewer packets that it makes of it, with 500 kbit/s of pictures, and its latency is "
        "that of pictures, from the last packet sent to the first received."
    )

    def missing(self) -> str | None:
        """Say why it cannot run here."""
        if not place.has_address():
            return "aiortc offers no loopback addresses, and there is no network of our own"
        return None

    def version(self) -> str:
        """Return which it is, and what it runs on."""
        return f"aiortc {version('aiortc')}, Python {platform.python_version()}"

    @asynccontextmanager
    async def running(self, port: int) -> AsyncIterator[Running]:
        """Start it; it finds out itself where the load sends from."""
        recording = read(cached())
        program = [sys.executable, "-m", "benchmarks.peers.aiortc_relay"]
        async with posted(self.name, program) as (relay, http):
            yield Running(relay, _Server(http, recording))


class _Server:
    def __init__(self, http: ClientSession, recording: Recording) -> None:
        self._http, self._recording = http, recording

    def pair(self, number: int) -> Pair:
        return _Pair(self._http, f"/rooms/{number}", self._recording)


class _Pair(PostPair):
    def __init__(self, http: ClientSession, path: str, recording: Recording) -> None:
        super().__init__(http, path)
        self._recording = recording

    def call(self) -> Call:
        call = super().call()
        return Call(self._recorded(call.one), self._recorded(call.other), remade=True)

    def _recorded(self, peer: Peer) -> Peer:
        peer.streams = {
            slot: recorded(stream, self._recording) for slot, stream in peer.streams.items()
        }
        return peer


AIORTC = Aiortc()
