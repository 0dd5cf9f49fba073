"""A relay on Pion's WebRTC: our own small program in Go, `pion_relay`, built where Go is."""

from __future__ import annotations

import atexit
import re
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from benchmarks.peers.adapter import Running
from benchmarks.peers.posting import PostServer, posted

SOURCE = Path(__file__).parent / "pion_relay"
BUILD_S = 480.0
"""The first build compiles all of Pion; those after it take a second."""


class Pion:
    """Pion's WebRTC as a server to compare."""

    name, label, calls = "pion", "Pion relay", 20
    unfair = (
        "It is Go, and a small program of ours around Pion's connections: rooms of two, NACK, "
        "reports and feedback by Pion's default interceptors, nothing else."
    )

    def missing(self) -> str | None:
        """Say why it cannot run here; builds it."""
        if shutil.which("go") is None:
            return "Go is not installed (Debian: apt-get install golang)"
        return _built()[1]

    def version(self) -> str:
        """Return what it is built of."""
        found = re.search(r"pion/webrtc/v4 v(\S+)", (SOURCE / "go.mod").read_text())
        return f"Pion {found[1]}" if found else "Pion"

    @asynccontextmanager
    async def running(self, port: int) -> AsyncIterator[Running]:
        """Start it; it finds out itself where the load sends from."""
        async with posted(self.name, [_built()[0]]) as (relay, http):
            yield Running(relay, PostServer(http))


@cache
def _built() -> tuple[str, str | None]:
    """Build it; return where it is until our own process ends, and why it could not be built."""
    folder = tempfile.TemporaryDirectory(prefix="visavis-pion-")
    atexit.register(folder.cleanup)
    program = str(Path(folder.name) / "relay")
    try:
        done = subprocess.run(
            ["go", "build", "-o", program, "."],
            cwd=SOURCE,
            capture_output=True,
            text=True,
            timeout=BUILD_S,
        )
    except subprocess.TimeoutExpired:
        return program, "building it took too long"
    failed = f"it could not be built: {done.stderr.strip()[-300:]}"
    return program, failed if done.returncode else None


PION = Pion()
