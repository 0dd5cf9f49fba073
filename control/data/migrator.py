"""Brings the tables to a revision: all of it or nothing, once however many start together.

Alembic rebuilds a table of SQLite by dropping it. With foreign keys on, the drop would delete every
row that refers to it, so they are off here and checked at the end.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import URL, Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from control.data import engines
from control.data.files import SqliteFile
from control.errors import ConfigError

log = logging.getLogger(__name__)

HERE = Path(__file__).parent / "migrations"
LOCK_KEY = 0x56495341_56495301  # of PostgreSQL's advisory lock; any number nobody else uses


class Migrator:
    """Migrates one database.

    Args:
        file: The file of an SQLite database; None for PostgreSQL.
        versions: The folders that hold the revisions.
    """

    def __init__(
        self, url: URL, file: SqliteFile | None, versions: tuple[Path, ...] = (HERE / "versions",)
    ) -> None:
        self._url = url
        self._file = file
        self._versions = versions

    async def run(self, target: str = "head") -> None:
        """Go up or down to `target`; nothing is touched or copied where the tables are there.

        Raises:
            ConfigError: The database is damaged, or newer than this code; or the migration would
                leave rows without what they refer to. Nothing was changed.
        """
        if self._file is None:
            await self._run(engines.postgres_migration_engine(self._url), target)
        else:
            async with self._file.one_at_a_time():
                await self._run(engines.sqlite_migration_engine(self._url), target)

    async def _run(self, engine: AsyncEngine, target: str) -> None:
        try:
            async with engine.connect() as connection:
                if self._file is None:
                    await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_KEY})"))
                else:
                    await _refuse_damaged(connection, self._file)
                await self._migrate(connection, target)
        finally:
            await engine.dispose()

    async def _migrate(self, connection: AsyncConnection, target: str) -> None:
        now = await connection.run_sync(_revision)
        known = _revisions(self._versions)
        if now is not None and now not in known:
            raise ConfigError(self._newer(now))
        wanted = known[-1] if target == "head" else target
        if now == wanted:
            return
        if self._file is not None and now is not None:
            copy = await asyncio.to_thread(self._file.copy_before, wanted)
            log.info("copied the database to %s before its tables change", copy.name)
        config = self._config()
        going_down = now is not None and (
            wanted == "base" or known.index(wanted) < known.index(now)
        )
        await connection.run_sync(_move, config, wanted, going_down)
        if self._file is not None:
            await _refuse_orphans(connection, wanted)
        await connection.commit()
        log.info("the tables are at revision %s (before: %s)", wanted, now or "none")

    def _config(self) -> AlembicConfig:
        config = AlembicConfig()
        config.set_main_option("script_location", str(HERE).replace("%", "%%"))
        folders = "\n".join(str(folder).replace("%", "%%") for folder in self._versions)
        config.set_main_option("version_locations", folders)
        config.set_main_option("path_separator", "newline")
        return config

    def _newer(self, revision: str) -> str:
        copy = "the back-up"
        if self._file is not None:
            copy = f"the copy {self._file.path.name}.before-{revision} or another back-up"
        return (
            f"The database has revision {revision}, which this Visavis does not know: a newer one "
            f"made it. Install that version again, or restore {copy}."
        )


@functools.cache
def _revisions(folders: tuple[Path, ...]) -> list[str]:
    """Return what these folders hold, oldest first."""
    scripts = ScriptDirectory(str(HERE), version_locations=[str(folder) for folder in folders])
    return [script.revision for script in scripts.walk_revisions()][::-1]


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _move(connection: Connection, config: AlembicConfig, target: str, going_down: bool) -> None:
    config.attributes["connection"] = connection
    (command.downgrade if going_down else command.upgrade)(config, target)


async def _refuse_damaged(connection: AsyncConnection, file: SqliteFile) -> None:
    found = await connection.scalar(text("PRAGMA quick_check(1)"))
    if found != "ok":
        raise ConfigError(damaged(file.path))


async def _refuse_orphans(connection: AsyncConnection, revision: str) -> None:
    rows: list[Any] = list(await connection.execute(text("PRAGMA foreign_key_check")))
    if rows:
        tables = ", ".join(sorted({f"{row[0]} (of {row[2]})" for row in rows}))
        raise ConfigError(
            f"Migration {revision} would leave {len(rows)} rows without what they refer to: "
            f"{tables}. Nothing was changed; please report this."
        )


def damaged(path: Path) -> str:
    """Tell the operator that the file cannot be read as a database."""
    return (
        f"The database file {path} is damaged. Move it away with its -wal and -shm, and restore a "
        "back-up or a copy (docs/operations.md)."
    )
