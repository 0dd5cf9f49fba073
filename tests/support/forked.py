"""Processes of the product, forked from one that has imported it: a second less for each.

They are what `python -m control` and `python -m sfu` make, but for the start of the interpreter;
a test of that start as well makes its process by `asyncio.create_subprocess_exec`.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from typing import Self

IMPORTED = ["control.run.cli", "sfu.__main__"]

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(IMPORTED)


class Forked:
    """One process, to be used like asyncio's own; stdout and stderr come as one."""

    def __init__(self, process: multiprocessing.process.BaseProcess) -> None:
        assert process.pid is not None
        self.pid = process.pid
        self.returncode: int | None = None
        self.stdout = asyncio.StreamReader()
        self._process = process

    @classmethod
    async def start(cls, main: Callable[[], int], environment: Mapping[str, str]) -> Self:
        """Run `main` in a new process; it must be known to others by its name."""
        ours, theirs = Pipe(duplex=False)
        process = _context.Process(target=_run, args=(main, dict(environment), theirs), daemon=True)
        await asyncio.to_thread(process.start)
        theirs.close()
        started = cls(process)
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(started.stdout), ours
        )
        return started

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def wait(self) -> int:
        await asyncio.to_thread(self._process.join)
        assert self._process.exitcode is not None
        self.returncode = self._process.exitcode
        return self.returncode

    async def communicate(self) -> tuple[bytes, None]:
        """Return what is left to read when it and whoever writes to its output have ended."""
        said = await self.stdout.read()
        await self.wait()
        return said, None


def _run(main: Callable[[], int], environment: dict[str, str], output: Connection) -> None:
    for number in (1, 2):
        os.dup2(output.fileno(), number)
    output.close()
    sys.stdout = open(1, "w", buffering=1, closefd=False)
    sys.stderr = open(2, "w", buffering=1, closefd=False)
    os.environ.clear()
    os.environ.update(environment)
    sys.exit(main())
