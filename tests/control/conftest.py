"""Fixtures of control's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from control.data.database import Database
from tests.control import postgres
from tests.control.migrated import put_tables
from tests.control.stage import Stage, make_config


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
    engine = create_async_engine(postgres_url.replace("postgresql:", "postgresql+asyncpg:"))
    async with engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await engine.dispose()
    return postgres_url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each kind of database in turn: the same tests hold on both."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'visavis.db'}"
    url: str = request.getfixturevalue("fresh_postgres_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database of each kind."""
    put_tables(database_url)
    opened = Database(database_url)
    await opened.migrate()
    yield opened
    await opened.close()
