"""What an error of SQLite or PostgreSQL means: the database is away, a race was lost, or a bug."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

AWAY_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
DAMAGED_SQLITE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
AWAY_CLASSES = ("08", "28", "3D", "53", "57", "58")
"""PostgreSQL, appendix A: connection, credentials, no such database, resources, operator
intervention (time limits and shutdown among them), errors of the system."""
AWAY_STATES = ("25006", "25P03", "25P04", "55P03")
"""A standby that only reads, a transaction that took too long, a lock that others hold."""
DAMAGED_STATES = ("XX001", "XX002")
LOST_RACES = ("40001", "40P01", "23505", "23503")
"""Serialization failure, deadlock, and what another wrote first: a unique value, a parent's end."""
LOST_RACES_SQLITE = frozenset(
    {
        sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY,
        sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
        sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    }
)


def is_away(error: BaseException) -> bool:
    """Whether the database cannot be reached or written now, through no fault of the statement."""
    code, state = _sqlite_code(error), _state(error)
    if code is not None:
        return code & 0xFF in AWAY_SQLITE
    if not isinstance(error, DBAPIError):
        return isinstance(error, OSError | TimeoutError | PoolTimeout)
    if state is not None:
        return state.startswith(AWAY_CLASSES) or state in AWAY_STATES
    # Without a code it is the driver that speaks: of a connection that ended, or of a wrong value.
    of_connection = isinstance(error, InterfaceError | OperationalError)
    return error.connection_invalidated or (of_connection and not _is_wrong_value(error))


def is_damaged(error: BaseException) -> bool:
    """Whether the database's own structure cannot be read."""
    code = _sqlite_code(error)
    is_damaged_file = code is not None and code & 0xFF in DAMAGED_SQLITE
    return is_damaged_file or _state(error) in DAMAGED_STATES


def is_lost_race(error: BaseException) -> bool:
    """Whether reading again may end otherwise, since another transaction came between."""
    return _sqlite_code(error) in LOST_RACES_SQLITE or _state(error) in LOST_RACES


def _sqlite_code(error: BaseException) -> int | None:
    code: int | None = getattr(_cause(error), "sqlite_errorcode", None)
    return code


def _state(error: BaseException) -> str | None:
    state: str | None = getattr(_cause(error), "sqlstate", None)
    return state


def _cause(error: BaseException) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


def _is_wrong_value(error: DBAPIError) -> bool:
    cause = None if error.orig is None else error.orig.__cause__
    return isinstance(cause, TypeError | ValueError)
