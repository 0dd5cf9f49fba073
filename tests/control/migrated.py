"""Tables of SQLite, made by the migrations once in a process and copied from then on."""

from __future__ import annotations

import asyncio
import functools
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from control.data import engines
from control.data.database import Database


def put_tables(url: str) -> None:
    """Make an SQLite database that is not there yet; one of PostgreSQL is left to `migrate`."""
    parsed = engines.parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        return
    path = engines.sqlite_path(parsed)
    if path.exists() or not path.parent.is_dir():
        return
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(_migrated())


@functools.cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder, ThreadPoolExecutor(1) as beside_our_loop:
        path = Path(folder) / "visavis.db"
        beside_our_loop.submit(asyncio.run, _migrate(f"sqlite:///{path}")).result()
        return path.read_bytes()


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()
