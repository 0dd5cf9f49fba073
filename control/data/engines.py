"""Engines of either database, with time limits that together stay below three seconds.

With PostgreSQL a transaction has `TRANSACTION_S` from asking for a connection to the end of its
commit; shorter limits make the server give up by itself first, and let go of its locks. SQLite
waits in two places only, for a connection that others here use and for a writer in another
process, and has `SQLITE_WAIT_S` for both; a limit over the whole would end transactions of a
machine that is merely busy.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from control.errors import ConfigError

TRANSACTION_S = 2.5  # of PostgreSQL
POOL_TIMEOUT_S = 1.2  # of PostgreSQL: how long to wait for a connection that others use
SQLITE_WAIT_S = 2.5  # from asking for a connection to the begin of the transaction
BUSY_STEP_MS = 100  # a connection's time limit is set anew where it differs by so much
CONNECT_TIMEOUT_S = 2.0
CLOSE_TIMEOUT_S = 0.3  # for a goodbye to a server that may not answer
COMMAND_TIMEOUT_S = 3.0  # ends what a cancelled transaction left behind
LOCK_TIMEOUT_MS = 1_500
STATEMENT_TIMEOUT_MS = 2_000
IDLE_IN_TRANSACTION_MS = 5_000  # a stopped control lets go of its locks
PATIENT_BUSY_TIMEOUT_MS = 60_000  # of a migration
ASKED_AT = "asked_at"
"""In a connection's `info`: when its next transaction was asked for, `time.monotonic()`."""
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


def parse_url(text: str) -> URL:
    """Return the URL with the driver we use.

    Raises:
        ConfigError: It is neither a file of SQLite nor a PostgreSQL.
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise ConfigError("The database URL cannot be read (VISAVIS_DATABASE_URL).") from error
    backend = url.get_backend_name()
    if backend not in DRIVERS:
        raise ConfigError(f"Use sqlite or postgresql for VISAVIS_DATABASE_URL, not {backend}.")
    if backend == "sqlite" and (not url.database or url.database.startswith((":", "file:"))):
        raise ConfigError("VISAVIS_DATABASE_URL must name a file: sqlite:////path/visavis.db")
    return url.set(drivername=DRIVERS[backend])


def sqlite_path(url: URL) -> Path:
    return Path(url.database or "").absolute()


def sqlite_engine(url: URL, begin: str, *, connections: int) -> AsyncEngine:
    """Return an engine for requests; say when each transaction was asked for (`ASKED_AT`).

    Args:
        begin: The statement that opens its transactions: BEGIN, or BEGIN IMMEDIATE to write.
        connections: How many at once; 1 makes writers take turns here, not in SQLite.
    """
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=SQLITE_WAIT_S,
        hide_parameters=True,
    )
    pragmas = (
        f"busy_timeout={SQLITE_WAIT_S * 1000:.0f}",  # until `_limit_wait`
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    )
    event.listen(engine.sync_engine, "begin", _limit_wait)
    return _with_pragmas(engine, begin, pragmas)


def sqlite_migration_engine(url: URL) -> AsyncEngine:
    """Return an engine that may rebuild tables: dropping one deletes nothing that refers to it."""
    engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True)
    pragmas = (
        f"busy_timeout={PATIENT_BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "foreign_keys=OFF",  # says nothing inside a transaction, so it must come before BEGIN
    )
    return _with_pragmas(engine, "BEGIN IMMEDIATE", pragmas)


def postgres_engine(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_pre_ping=True,
        pool_timeout=POOL_TIMEOUT_S,
        hide_parameters=True,
        connect_args={
            "timeout": CONNECT_TIMEOUT_S,
            "command_timeout": COMMAND_TIMEOUT_S,
            "connection_class": _HastyConnection,
            "server_settings": {
                "lock_timeout": str(LOCK_TIMEOUT_MS),
                "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_MS),
            },
        },
    )


def postgres_migration_engine(url: URL) -> AsyncEngine:
    """Return an engine without time limits on statements, since a migration may take minutes."""
    return create_async_engine(url, poolclass=NullPool, hide_parameters=True)


def _limit_wait(connection: Connection) -> None:
    """Leave to the wait for another process what the wait for this connection has not taken."""
    left_s = connection.info[ASKED_AT] + SQLITE_WAIT_S - time.monotonic()
    left_ms = max(0, round(left_s * 1000 / BUSY_STEP_MS) * BUSY_STEP_MS)
    if connection.info.get("busy_timeout") != left_ms:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={left_ms}")
        connection.info["busy_timeout"] = left_ms


class _HastyConnection(asyncpg.Connection):  # type: ignore[misc]
    """A connection whose goodbye does not wait for a server that hangs."""

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await super().close(timeout=min(timeout or CLOSE_TIMEOUT_S, CLOSE_TIMEOUT_S))


def _with_pragmas(engine: AsyncEngine, begin: str, pragmas: tuple[str, ...]) -> AsyncEngine:
    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
