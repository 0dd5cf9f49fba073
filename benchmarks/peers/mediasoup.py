"""mediasoup, from npm: a worker of its own in C++, and our own small program in Node around it.

The program is `mediasoup_relay`; `npm ci` there installs mediasoup, or takes the worker that
`MEDIASOUP_WORKER_BIN` names.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.peers.adapter import Running
from benchmarks.peers.posting import PostServer, posted

SOURCE = Path(__file__).parent / "mediasoup_relay"
MODULE = SOURCE / "node_modules" / "mediasoup"
WORKER = MODULE / "worker" / "out" / "Release" / "mediasoup-worker"
"""Where npm puts it."""
_OWN_WORKER = "MEDIASOUP_WORKER_BIN"
"""mediasoup's own setting."""


class Mediasoup:
    """mediasoup as a server to compare."""

    name, label, calls = "mediasoup", "mediasoup", 20
    unfair = (
        "Its worker is C++, with a small program of ours in Node that lets people in, whose time "
        "and memory count as well: rooms of two, one connection for each person; it estimates the "
        "bandwidth towards each receiver, as ours does."
    )

    def missing(self) -> str | None:
        """Say why it cannot run here."""
        if shutil.which("node") is None:
            return "Node is not installed (Debian: apt-get install nodejs npm)"
        if not MODULE.is_dir():
            return f"mediasoup is not installed (npm ci in {SOURCE.parent.name}/{SOURCE.name})"
        worker = os.environ.get(_OWN_WORKER) or WORKER
        return None if Path(worker).is_file() else f"mediasoup's worker is not there: {worker}"

    def version(self) -> str:
        """Return which one npm installed, and whether its worker is another."""
        said = json.loads((MODULE / "package.json").read_text())
        own = ", worker built by hand" if os.environ.get(_OWN_WORKER) else ""
        return f"mediasoup {said['version']}{own}"

    @asynccontextmanager
    async def running(self, port: int) -> AsyncIterator[Running]:
        """Start it; it finds out itself where the load sends from."""
        async with posted(self.name, ["node", str(SOURCE / "relay.mjs")]) as (relay, http):
            async with http.get("/worker") as response:
                worker = int(await response.text())
            yield Running(replace(relay, helpers=(worker,)), PostServer(http))


MEDIASOUP = Mediasoup()
