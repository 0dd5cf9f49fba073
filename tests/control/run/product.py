"""`visavis …` as a process of its own, on free ports of this machine."""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from control.run import cli
from control.run.processes import Process
from control.run.record import RecordFile
from tests.support.forked import Forked
from tests.support.ports import free_port

PATIENCE_S = 40.0


def environment(data: Path, **settings: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("VISAVIS_")}
    ours = {"VISAVIS_DATA": str(data), "VISAVIS_DRAIN_S": "0", "PYTHONUNBUFFERED": "1"}
    return kept | ours | settings


class Visavis:
    """`visavis …` as a process, its lines as they come."""

    def __init__(self, process: Forked | asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []
        self.killed = False

    async def line(self, wanted: str) -> str:
        """Read on until a line contains this."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            while True:
                line = (await self.process.stdout.readline()).decode()
                assert line, f"{wanted!r} never came:\n" + "".join(self.lines)
                self.lines.append(line)
                if wanted in line:
                    return line

    async def kill(self, number: int = signal.SIGKILL) -> None:
        """End it so that what it started goes on."""
        process = Process.of(self.process.pid)
        self.process.send_signal(number)
        self.killed = True
        if process is not None:
            await process.wait()

    async def end(self, number: int | None = signal.SIGTERM) -> int:
        """Wait for the end, after asking for it by a signal or, with None, without."""
        if number is not None and self.process.returncode is None:
            self.process.send_signal(number)
        async with asyncio.timeout(PATIENCE_S):
            await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode


@asynccontextmanager
async def visavis(data: Path, *arguments: str, **settings: str) -> AsyncIterator[Visavis]:
    """Run it in a process that need not import it."""
    main = functools.partial(cli.main, arguments)
    process = await Forked.start(main, environment(data, **settings))
    async with _ended(process, data) as running:
        yield running


@asynccontextmanager
async def visavis_anew(data: Path, *arguments: str, **settings: str) -> AsyncIterator[Visavis]:
    """Run it as operators do, with an interpreter of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "control", *arguments),
        env=environment(data, **settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with _ended(process, data) as running:
        yield running


@asynccontextmanager
async def _ended(
    process: Forked | asyncio.subprocess.Process, data: Path
) -> AsyncIterator[Visavis]:
    running = Visavis(process)
    try:
        yield running
    finally:
        if running.killed:  # and no successor has ended the node
            await end_node(data)
        await running.end()


async def end_node(data: Path) -> None:
    """End the media node that somebody left running with this data."""
    record = RecordFile(data).read()
    if record is not None:
        await record.process.end(patience_s=5)


def ports() -> dict[str, str]:
    return {
        "VISAVIS_HTTP_BIND": f"127.0.0.1:{free_port()}",
        "VISAVIS_SFU_PORT": str(free_port()),
        "VISAVIS_MEDIA_PORT": str(free_port()),
        "VISAVIS_ANNOUNCE": "127.0.0.1",
    }
