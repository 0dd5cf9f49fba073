"""Fixtures of control's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from control.data import engines
from control.data.database import Database
from control.data.migrator import HERE
from tests.control import postgres
from tests.control.data import tables
from tests.control.migrated import put_tables
from tests.control.stage import Stage, make_config

LIMITS = (
    "TRANSACTION_S",
    "POOL_TIMEOUT_S",
    "SQLITE_WAIT_S",
    "CONNECT_TIMEOUT_S",
    "COMMAND_TIMEOUT_S",
    "LOCK_TIMEOUT_MS",
    "STATEMENT_TIMEOUT_MS",
)
MORE = 5


@pytest.fixture(autouse=True)
def unhurried_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the database more time than the product does: the machine may be busy with other tests.

    `data/` has the tests of the limits themselves, and leaves them as they are.
    """
    for name in LIMITS:
        monkeypatch.setattr(engines, name, getattr(engines, name) * MORE)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A running control on SQLite."""
    async with Stage(make_config(tmp_path)) as running:
        yield running


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server for all tests that want one."""
    binaries = postgres.find_binaries()
    if binaries is None:
        pytest.skip(f"no PostgreSQL server in /{postgres.BINARIES} (Debian: postgresql)")
    with postgres.running(binaries) as url:
        yield url


@pytest.fixture
async def fresh_postgres_url(postgres_url: str) -> str:
    """The same server with its tables gone."""
    engine = tables.engine(postgres_url)
    async with engine.begin() as connection:
        await _drop_tables(connection)
    await engine.dispose()
    return postgres_url


@pytest.fixture
async def emptied_postgres_url(postgres_url: str) -> str:
    """The same server with today's tables, all empty; or with none, where it had others."""
    engine = tables.engine(postgres_url)
    ours = "schemaname = 'public' AND tablename <> 'alembic_version'"
    async with engine.begin() as connection:
        if await connection.run_sync(_revision) == ScriptDirectory(str(HERE)).get_current_head():
            names = await connection.scalars(text(f"SELECT tablename FROM pg_tables WHERE {ours}"))
            await connection.execute(text(f"TRUNCATE {', '.join(names)}"))
        else:
            await _drop_tables(connection)
    await engine.dispose()
    return postgres_url


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def _drop_tables(connection: AsyncConnection) -> None:
    await connection.execute(text("DROP SCHEMA public CASCADE"))
    await connection.execute(text("CREATE SCHEMA public"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each kind of database in turn: the same tests hold on both."""
    return _database_url(request, tmp_path, "emptied_postgres_url")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each kind of database in turn, without any table yet."""
    return _database_url(request, tmp_path, "fresh_postgres_url")


def _database_url(request: pytest.FixtureRequest, folder: Path, postgres_fixture: str) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'visavis.db'}"
    url: str = request.getfixturevalue(postgres_fixture)
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database of each kind."""
    put_tables(database_url)
    opened = Database(database_url)
    await opened.migrate()
    yield opened
    await opened.close()
