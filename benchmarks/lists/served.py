"""Control in a process of its own, with a look at how late its event loop is."""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from aiohttp import web

from benchmarks.practice import make
from control.app import make_app
from control.run.server import run

TICK_S = 0.001
REPORT = "report"


@dataclass(frozen=True, slots=True)
class Tick:
    """How late the loop came back to a task that slept for 1 ms."""

    late_ms: float
    """By the clock on the wall; other programs of the machine are in it."""
    busy_ms: float
    """By the processor time of the loop's thread: what control itself did in one go."""


def serve(pipe: Connection, people: int, meetings: int) -> None:
    """Fill a database, send the port; then send the ticks since at each `REPORT`."""
    run(_serve(pipe, people, meetings))


async def _serve(pipe: Connection, people: int, meetings: int) -> None:
    with tempfile.TemporaryDirectory(prefix="visavis-lists-") as folder:
        control = await make(Path(folder), people, meetings)
        runner = web.AppRunner(make_app(control))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pipe.send(runner.addresses[0][1])
        ticks: list[Tick] = []
        ticking = asyncio.create_task(_tick(ticks))
        while await asyncio.to_thread(pipe.recv) == REPORT:
            pipe.send(ticks)
            ticks.clear()
        ticking.cancel()
        await runner.cleanup()


async def _tick(ticks: list[Tick]) -> None:
    while True:
        wall, busy = time.perf_counter(), time.thread_time()
        await asyncio.sleep(TICK_S)
        late_s = time.perf_counter() - wall - TICK_S
        busy_s = time.thread_time() - busy - TICK_S
        ticks.append(Tick(late_s * 1000, max(0.0, busy_s * 1000)))
