"""Control in a process of its own, with a therapist who has been at work for long."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

from aiohttp import web

from benchmarks.practice import make
from control.app import make_app
from control.run.server import run


def serve(pipe: Connection, people: int, meetings: int) -> None:
    """Fill a database and send the address; stop at the first word that comes back."""
    run(_serve(pipe, people, meetings))


async def _serve(pipe: Connection, people: int, meetings: int) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://localhost:{listener.getsockname()[1]}"
    with tempfile.TemporaryDirectory(prefix="visavis-desk-") as folder:
        control = await make(Path(folder), people, meetings, url)
        runner = web.AppRunner(make_app(control))
        await runner.setup()
        await web.SockSite(runner, listener).start()
        pipe.send(url)
        await asyncio.to_thread(pipe.recv)
        await runner.cleanup()
