"""What is logged: our own steps. Libraries that would log values are kept quiet at any level."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

CONSOLE = "%(asctime)s %(levelname)s %(name)s %(message)s"
IDS = ("session", "peer")
"""What a line may carry in `extra`. A session's id is its room's at the node."""
QUIET = ("aiosqlite", "alembic", "asyncio", "sqlalchemy")
"""At DEBUG or INFO these log statements with their values, addresses or paths."""
SILENT = ("aiohttp",)
"""Logs addresses, cookies' names and what a page asks for at any level; what fails is logged by
`control.http`."""


class JsonFormatter(logging.Formatter):
    """One object a line; docs/operations.md tells its fields. The node has one of its own.

    python-json-logger (4.2) writes whatever `extra` holds, personal or not, and takes as many lines
    to be kept from it.
    """

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "plane": "control",
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in IDS if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up(level: str, form: str) -> None:
    """Write to stderr from now on.

    Args:
        form: `console` or `json`.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else logging.Formatter(CONSOLE))
    logging.basicConfig(level=level, handlers=[handler])
    hush_libraries()


def hush_libraries() -> None:
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
