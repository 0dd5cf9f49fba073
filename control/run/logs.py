"""What is logged: our own steps. Libraries that would log values are kept quiet at any level."""

from __future__ import annotations

import logging

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
QUIET = ("aiosqlite", "alembic", "asyncio", "sqlalchemy", "aiohttp")
"""At DEBUG or INFO these log statements with their values, addresses or paths."""


def set_up(level: str) -> None:
    logging.basicConfig(level=level, format=FORMAT)
    hush_libraries()


def hush_libraries() -> None:
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
