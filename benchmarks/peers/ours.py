"""Our own node, as operators run it: what the others are compared with."""

from __future__ import annotations

import platform
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from aiohttp import ClientSession

from benchmarks.peers.adapter import Running
from benchmarks.relay.joining import Node
from benchmarks.relay.processes import start_node


class Ours:
    """A node of Visavis as a server to compare."""

    name, label, calls = "ours", "Visavis", 20
    unfair = (
        "Beside forwarding, it estimates the bandwidth to and from each person, judges each line "
        "twenty times a second and keeps two data channels open; others do less of that or none."
    )

    def missing(self) -> str | None:
        """It is what this repository is."""
        return None

    def version(self) -> str:
        """Return ours, and what it runs on."""
        return f"Visavis {version('visavis')}, Python {platform.python_version()}"

    @asynccontextmanager
    async def running(self, port: int) -> AsyncIterator[Running]:
        """Start it; it finds out itself where the load sends from."""
        relay = start_node()
        try:
            headers = {"Authorization": f"Bearer {relay.token}"}
            async with ClientSession(relay.api, headers=headers) as control:
                yield Running(relay, Node(control))
        finally:
            relay.stop()


OURS = Ours()
