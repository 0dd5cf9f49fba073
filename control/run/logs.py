"""What is logged: our own steps. Libraries that would log values are kept quiet at any level."""

from __future__ import annotations

import logging

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
QUIET = ("aiosqlite", "alembic", "asyncio", "sqlalchemy")
"""At DEBUG or INFO these log statements with their values, addresses or paths."""
SILENT = ("aiohttp",)
"""Logs addresses, cookies' names and what a page asks for at any level; what fails is logged by
`control.http`."""


def set_up(level: str) -> None:
    logging.basicConfig(level=level, format=FORMAT)
    hush_libraries()


def hush_libraries() -> None:
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
