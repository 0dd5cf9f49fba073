"""Control in a process of its own, with a look at how late its event loop is."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tempfile
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import uvloop
from aiohttp import web
from sqlalchemy import text

from benchmarks.lists.filled import fill
from control.app import build, make_app
from control.config import Config

TICK_S = 0.001
SLICE_S = 0.001


def serve(pipe: Connection, people: int, meetings: int) -> None:
    """Fill a database, send the port, and on each message send how late the loop was since."""
    uvloop.run(_serve(pipe, people, meetings))


async def _serve(pipe: Connection, people: int, meetings: int) -> None:
    with tempfile.TemporaryDirectory(prefix="visavis-lists-") as folder:
        data = Path(folder)
        config = Config(
            data_dir=data,
            public_url="http://localhost:0",
            database_url=os.environ.get("LISTS_DB") or f"sqlite:///{data / 'visavis.db'}",
            key_file=data / "visavis.key",
        )
        control = build(config)
        await control.database.migrate()
        await fill(control, people, meetings)
        if "LISTS_INDEX" in os.environ:
            async with control.database.write() as tx:
                await tx.execute(text("DROP INDEX ix_sessions_therapist_id"))
                await tx.execute(
                    text("CREATE INDEX newest ON sessions (therapist_id, opened_at DESC, id)")
                )
        runner = web.AppRunner(make_app(control))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        pipe.send(port)
        late: list[float] = []
        ticking = asyncio.create_task(_tick(late))
        loop = asyncio.get_running_loop()
        while await loop.run_in_executor(None, pipe.recv) == "late":
            pipe.send(late[:])
            late.clear()
        ticking.cancel()
        await runner.cleanup()


async def _tick(late: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(TICK_S)
        late.append(time.perf_counter() - before - TICK_S)
