"""The database: SQLite (WAL, one writer) on one machine, PostgreSQL by URL for many.

Use cases open a transaction (`read()`, `write()`, or `transact()` for read-decide-write) and hand
it to the stores; nothing is half-written, since leaving the block by an error rolls back. Who asks
for it is judged inside the same transaction (`by`). Whatever hangs is `Unavailable` within three
seconds (`engines`). Instants are UTC everywhere.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from prometheus_client import Counter, Histogram
from sqlalchemy import DateTime, Dialect, MetaData, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.types import TypeDecorator

from control.data import engines, migrator
from control.data.driver_errors import is_away, is_damaged, is_lost_race
from control.data.files import SqliteFile
from control.errors import ConfigError, Conflict, Unavailable

TRIES = 5  # of read-decide-write, before others were faster too often

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Transaction = AsyncConnection
"""What a store works on: one open transaction."""
T = TypeVar("T")


class Authority(Protocol):
    """Somebody's right to act, judged inside the transaction of the effect."""

    async def confirm(self, tx: Transaction, *, hold: bool) -> None:
        """Return when the right stands now.

        Args:
            hold: Nobody may take it away until the transaction ends (a row lock on PostgreSQL;
                on SQLite there is one writer anyway).

        Raises:
            Unauthenticated: It does not stand, or does not stand any more.
        """
        ...


class LostRace(Conflict):
    """A row was changed between our reading and our writing; `transact` reads again."""

    def __init__(self) -> None:
        super().__init__("changed_meanwhile", "Somebody changed this meanwhile. Please try again.")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant with its zone in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Database:
    """Engines and transactions; made by the composition root, closed by `Control`."""

    def __init__(self, url: str) -> None:
        self._url = engines.parse_url(url)
        self._file: SqliteFile | None = None
        self._is_damaged = False
        self._limit_s: float | None = None
        self.seconds = Histogram(
            "visavis_control_database_seconds",
            "Transactions from the wish for one to its end, with the wait for a connection.",
            ("kind",),
            registry=None,
        )
        self.failures = Counter(
            "visavis_control_database_failures_total",
            "Transactions that the database did not take, by the code of the answer.",
            ("code",),
            registry=None,
        )
        for code in ("database_away", "database_damaged", "database_gone"):
            self.failures.labels(code)
        if self._url.get_backend_name() == "sqlite":
            self._file = SqliteFile(engines.sqlite_path(self._url))
            self._reader = engines.sqlite_engine(self._url, "BEGIN", connections=4)
            self._writer = engines.sqlite_engine(self._url, "BEGIN IMMEDIATE", connections=1)
        else:
            self._limit_s = engines.TRANSACTION_S
            self._writer = engines.postgres_engine(self._url)
            self._reader = self._writer

    @asynccontextmanager
    async def read(self, by: Authority | None = None) -> AsyncIterator[Transaction]:
        """Open a transaction that only reads.

        Args:
            by: Who asks, judged first; None for control itself.

        Raises:
            Unauthenticated: `by` may not, now.
            Unavailable: The database is away.
        """
        async with self._transaction(self._reader, "read") as transaction:
            if by is not None:
                await by.confirm(transaction, hold=False)
            yield transaction

    @asynccontextmanager
    async def write(self, by: Authority | None = None) -> AsyncIterator[Transaction]:
        """Open a transaction that writes; on SQLite there is one at a time.

        Args:
            by: Who asks, judged first and held to the end; None for control itself.

        Raises:
            Unauthenticated: `by` may not, now.
            Unavailable: The database is away, or locked for too long; what was written is lost,
                unless the connection broke during the commit, when nobody can tell.
            IntegrityError: A rule of the tables forbids it.
            LostRace: Another transaction came between, or two waited for each other's rows;
                `transact` would read again, and is for whoever writes several.
        """
        self._refuse_gone()
        async with self._transaction(self._writer, "write") as transaction:
            if by is not None:
                await by.confirm(transaction, hold=True)
            yield transaction

    async def transact(
        self, work: Callable[[Transaction], Awaitable[T]], by: Authority | None = None
    ) -> T:
        """Read, decide and write in one transaction; who loses a race reads again.

        Args:
            work: Called with the transaction, again after each lost race: nothing outside of the
                database may be done in it.

        Raises:
            LostRace: Others were faster every time.
        """
        for _ in range(TRIES):
            try:
                async with self.write(by=by) as transaction:
                    return await work(transaction)
            except LostRace:
                continue
            except IntegrityError as error:
                if not is_lost_race(error):
                    raise
        raise LostRace

    async def check(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            Unavailable: database_gone when the SQLite file was deleted or replaced,
                database_damaged when it cannot be read, else database_away.
        """
        self._refuse_gone()
        if self._is_damaged:
            raise _damaged()
        async with self.read() as transaction:
            await transaction.execute(text("SELECT 1"))
            if self._file is not None:  # a new connection reads the file, an old one its cache
                await asyncio.to_thread(_read_anew, self._file.path)

    async def migrate(self) -> None:
        """Bring the tables to the newest version; see `migrator`.

        Raises:
            ConfigError: The file is damaged or readable by others, or newer than this code.
            Unavailable: The database is away.
        """
        if self._file is not None:
            self._file.prepare()
        try:
            await migrator.Migrator(self._url, self._file).run()
        except (DBAPIError, OSError, TimeoutError) as error:
            if self._file is not None and is_damaged(error):
                raise ConfigError(migrator.damaged(self._file.path)) from error
            if is_away(error):
                raise _away() from error
            raise

    async def close(self) -> None:
        await self._reader.dispose()
        if self._writer is not self._reader:
            await self._writer.dispose()

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine, kind: str) -> AsyncIterator[Transaction]:
        try:
            with self.seconds.labels(kind).time():
                asked_at = time.monotonic()
                async with asyncio.timeout(self._limit_s), engine.connect() as connection:
                    connection.info[engines.ASKED_AT] = asked_at
                    async with connection.begin():
                        yield connection
        except (DBAPIError, OSError, TimeoutError, PoolTimeout, sqlite3.Error) as error:
            if is_damaged(error):
                self._is_damaged = True
                raise self._counted(_damaged()) from error
            if is_away(error):
                raise self._counted(_away()) from error
            if is_lost_race(error) and not isinstance(error, IntegrityError):
                raise LostRace from error
            raise  # a rule of the tables, or a bug of ours: not an absence

    def _refuse_gone(self) -> None:
        if self._file is not None and self._file.is_gone():
            gone = Unavailable(
                "database_gone",
                "We cannot save. Please tell whoever runs this server: its data cannot be opened.",
            )
            raise self._counted(gone)

    def _counted(self, failure: Unavailable) -> Unavailable:
        self.failures.labels(failure.code).inc()
        return failure


def _away() -> Unavailable:
    return Unavailable("database_away", "We cannot save right now. Please try again.")


def _damaged() -> Unavailable:
    return Unavailable(
        "database_damaged",
        "We cannot save. Please tell whoever runs this server: its data cannot be opened.",
    )


def _read_anew(path: Path) -> None:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=1)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master")
