"""`visavis backup`: one whole copy of an SQLite database, while control runs."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from control.config import Config
from control.data import engines
from control.data.files import SqliteFile
from control.errors import ConfigError


def back_up(config: Config, target: Path) -> None:
    """Copy the database to `target`, which is replaced only by a whole copy.

    Raises:
        ConfigError: There is no such database or no room for the copy; or it is PostgreSQL's.
    """
    url = engines.parse_url(config.database_url)
    if url.get_backend_name() != "sqlite":
        raise ConfigError(
            "VISAVIS_DATABASE_URL names a PostgreSQL: back it up with pg_dump "
            '(docs/operations.md, "Back-up").'
        )
    source = engines.sqlite_path(url)
    if not source.is_file():
        raise ConfigError(f"There is no database {source} (VISAVIS_DATA, VISAVIS_DATABASE_URL).")
    target = target.absolute()
    if target == source or (target.exists() and target.samefile(source)):
        raise ConfigError(f"{target} is the database itself; name another file.")
    kept = "The former back-up of that name is as it was." if target.exists() else ""
    try:
        SqliteFile(source).copy(target)
    except (OSError, sqlite3.Error) as error:
        said = f"No back-up was made at {target}: {_why(error)}. {kept}"
        raise ConfigError(said.strip()) from None


def _why(error: OSError | sqlite3.Error) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error)
