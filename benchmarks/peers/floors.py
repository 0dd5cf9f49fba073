"""The floor, `benchmarks.relay.floor`: what any relay in Python costs, with encryption or not."""

from __future__ import annotations

import platform
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from benchmarks.peers.adapter import MOST_CALLS, Running
from benchmarks.relay import floor
from benchmarks.relay.joining import Pair
from benchmarks.relay.load import Load
from benchmarks.relay.processes import Relay, start_floor
from benchmarks.relay.traffic import Call
from sfu.base.media import Slot
from tests.support.browser import VirtualBrowser


class Floor:
    """A relay that reads no RTP, as a server to compare."""

    calls = 20

    def __init__(self, kind: str, label: str, unfair: str) -> None:
        self.name, self.label, self.unfair = kind, label, unfair

    def missing(self) -> str | None:
        """It is part of the benchmark."""
        return None

    def version(self) -> str:
        """Return what it runs on."""
        return f"Python {platform.python_version()}, uvloop"

    @asynccontextmanager
    async def running(self, port: int) -> AsyncIterator[Running]:
        """Start it for the callers that send from `port`."""
        relay = start_floor(self.name, 2 * MOST_CALLS, port)
        try:
            yield Running(relay, _FloorServer(relay))
        finally:
            relay.stop()


class _FloorServer:
    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._lines = VirtualBrowser().lines

    def pair(self, number: int) -> Pair:
        return _FloorPair(self._relay, number, (self._own(2 * number), self._own(2 * number + 1)))

    def _own(self, peer: int) -> floor.Lines:
        """Return the lines of one peer, with SSRCs of its own."""
        return {
            slot: replace(self._lines[slot], up_ssrc=1_000 + 10 * peer + n)
            for n, slot in enumerate((Slot.AUDIO, Slot.CAMERA))
        }


class _FloorPair:
    """Its people are known from the start: nobody joins."""

    def __init__(self, relay: Relay, number: int, lines: tuple[floor.Lines, floor.Lines]) -> None:
        self._call = floor.call(number, lines, relay.name, relay.media_port)

    async def prepare(self) -> None: ...

    async def join(self, load: Load) -> None: ...

    async def settle(self) -> None: ...

    def call(self) -> Call:
        return self._call


BARE = Floor(
    "bare",
    "bare relay",
    "It is no server: a uvloop datagram protocol that sends each packet on as it is.",
)
GCM = Floor(
    "gcm",
    "bare relay, AES-GCM",
    "It is no server: the bare relay that also decrypts and encrypts each packet, by pylibsrtp.",
)
