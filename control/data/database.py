"""The database: SQLite (WAL, one writer) on one machine, PostgreSQL by URL for many.

Use cases open a transaction (`read()`, `write()`, or `transact()` for read-decide-write) and hand
it to the stores; nothing is half-written, since leaving the block by an error rolls back. Who asks
for it is judged inside the same transaction (`by`). Instants are UTC everywhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import DateTime, Dialect, MetaData, event, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.types import TypeDecorator

from control.errors import ConfigError, Conflict, Unavailable

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 5_000  # how long another process (`visavis migrate`) may hold the one writer
TRIES = 5  # of read-decide-write, before others were faster too often
LOST_RACES = ("40001", "40P01")  # PostgreSQL: serialization failure, deadlock detected
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}

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


class LostRace(Exception):
    """A row was changed between our reading and our writing; `transact` reads again."""


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
    """Engines and transactions; made by the composition root, closed by it."""

    def __init__(self, url: str) -> None:
        parsed = _with_driver(url)
        self._is_sqlite = parsed.get_backend_name() == "sqlite"
        if self._is_sqlite:
            self._reader = _sqlite_engine(parsed, "BEGIN", connections=4)
            self._writer = _sqlite_engine(parsed, "BEGIN IMMEDIATE", connections=1)
        else:
            self._writer = create_async_engine(parsed, pool_pre_ping=True, hide_parameters=True)
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
        async with _unavailable_when_away(), self._reader.begin() as transaction:
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
            Unavailable: The database is away, or locked for too long.
        """
        async with _unavailable_when_away(), self._writer.begin() as transaction:
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
            Conflict: changed_meanwhile, when others were faster every time.
        """
        for _ in range(TRIES):
            try:
                async with self.write(by=by) as transaction:
                    return await work(transaction)
            except (LostRace, IntegrityError):
                continue
            except DBAPIError as error:
                if not _is_lost_race(error):
                    raise
        raise Conflict("changed_meanwhile", "Somebody changed this meanwhile. Please try again.")

    async def check(self) -> None:
        """Ask the database for a sign of life, or raise `Unavailable`."""
        async with self.read() as transaction:
            await transaction.execute(text("SELECT 1"))

    async def migrate(self) -> None:
        """Bring the tables to the newest version."""
        async with _unavailable_when_away(), self._writer.connect() as connection:
            await connection.run_sync(_upgrade)

    async def close(self) -> None:
        await self._reader.dispose()
        if self._writer is not self._reader:
            await self._writer.dispose()


def alembic_config() -> AlembicConfig:
    """Return Alembic's configuration; the migrations are part of the package."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _upgrade(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


def _with_driver(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError("The database URL cannot be read (VISAVIS_DATABASE_URL).") from error
    backend = parsed.get_backend_name()
    if backend not in DRIVERS:
        raise ConfigError(f"Use sqlite or postgresql for VISAVIS_DATABASE_URL, not {backend}.")
    return parsed.set(drivername=DRIVERS[backend])


def _sqlite_engine(url: URL, begin: str, *, connections: int) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=connections, max_overflow=0, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _is_lost_race(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in LOST_RACES


@asynccontextmanager
async def _unavailable_when_away() -> AsyncIterator[None]:
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise  # a rule of the tables, or a bug of ours: not an absence
    except (DBAPIError, OSError, TimeoutError, PoolTimeout) as error:
        if isinstance(error, DBAPIError) and _is_lost_race(error):
            raise
        raise Unavailable("database_away", "We cannot save right now. Please try again.") from error
