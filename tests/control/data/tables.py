"""Fill every table of a database at any revision, and read all of it back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from control.data import engines
from control.data.files import SqliteFile
from control.data.migrator import HERE, Migrator

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
ROWS = 2
OWN = "alembic_version"

Row = dict[str, Any]
Content = dict[str, list[Row]]


def migrator(url: str, *more: Path) -> Migrator:
    """Return the migrator of a database, with folders of more revisions."""
    parsed = engines.parse_url(url)
    file = None
    if parsed.get_backend_name() == "sqlite":
        file = SqliteFile(engines.sqlite_path(parsed))
        file.prepare()
    return Migrator(parsed, file, (HERE / "versions", *more))


def engine(url: str) -> AsyncEngine:
    return create_async_engine(engines.parse_url(url), poolclass=NullPool)


async def fill(url: str) -> Content:
    """Put rows into every table, each referring to the row of its number in the others."""

    def insert(connection: sa.Connection) -> None:
        for table in _reflected(connection).sorted_tables:
            for number in range(ROWS):
                row = {column.name: _value(column, number) for column in table.columns}
                connection.execute(table.insert().values(row))

    await _run(url, insert)
    content = await read(url)
    assert all(len(rows) == ROWS for rows in content.values())
    return content


async def read(url: str) -> Content:
    """Return every row of every table, without those of Alembic's own."""

    def select(connection: sa.Connection) -> Content:
        content: Content = {}
        for table in _reflected(connection).sorted_tables:
            query = sa.select(table).order_by(*table.primary_key.columns)
            content[table.name] = [dict(row._mapping) for row in connection.execute(query)]
        return content

    found: Content = await _run(url, select)
    return found


async def revision(url: str) -> str:
    def select(connection: sa.Connection) -> str:
        found: str = connection.execute(sa.text(f"SELECT version_num FROM {OWN}")).scalar_one()
        return found

    found: str = await _run(url, select)
    return found


def shared(content: Content, other: Content) -> Content:
    """Return what of this content lies in tables and columns that the other has as well."""
    return {
        table: [{name: row[name] for name in row if name in other[table][0]} for row in rows]
        for table, rows in content.items()
        if table in other
    }


async def _run(url: str, work: Any) -> Any:
    opened = engine(url)
    try:
        async with opened.begin() as connection:
            return await _with_foreign_keys(connection, work)
    finally:
        await opened.dispose()


async def _with_foreign_keys(connection: AsyncConnection, work: Any) -> Any:
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql("PRAGMA foreign_keys=ON")
    return await connection.run_sync(work)


def _reflected(connection: sa.Connection) -> sa.MetaData:
    found = sa.MetaData()
    found.reflect(connection)
    if OWN in found.tables:
        found.remove(found.tables[OWN])
    return found


def _value(column: sa.Column[Any], number: int) -> Any:
    if column.foreign_keys:
        (key,) = column.foreign_keys
        return _value(key.column, number)
    kind = column.type
    if isinstance(kind, sa.DateTime):
        return NOW if kind.timezone else NOW.replace(tzinfo=None)
    if isinstance(kind, sa.LargeBinary):
        return f"{column.name}{number}".encode()
    if isinstance(kind, sa.Boolean):
        return True
    if isinstance(kind, sa.Float):
        return number + 0.5
    if isinstance(kind, sa.Integer):
        return number + 1
    return f"{column.name[:6]}{number}"
