"""Slow down those who guess. Failures are counted in the database, so a restart forgives nobody.

The table holds no address and no e-mail, only an HMAC of them.
"""

from __future__ import annotations

import hmac
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    Integer,
    LargeBinary,
    Table,
    delete,
    func,
    insert,
    select,
)

from control.data.database import Database, UtcDateTime, metadata
from control.errors import SlowDown

failures = Table(
    "failures",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("bucket", LargeBinary(32), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Policy:
    """So many failures within `window_s` seconds, then a wait."""

    name: str
    failures: int
    window_s: float


LOGIN_BY_EMAIL = Policy("login by e-mail", failures=10, window_s=900)
LOGIN_BY_ADDRESS = Policy("login by address", failures=30, window_s=900)
LINK_BY_ADDRESS = Policy("link by address", failures=10, window_s=60)
LONGEST_WINDOW_S = 900


class Throttle:
    """Counts failures per policy and subject."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key

    async def check(self, policy: Policy, subject: str, *, now: datetime) -> None:
        """Let the caller go on, or raise `SlowDown` with the seconds to wait."""
        since = now - timedelta(seconds=policy.window_s)
        bucket = failures.c.bucket == self._bucket(policy, subject)
        query = select(func.count(), func.min(failures.c.at)).where(bucket, failures.c.at > since)
        async with self._database.read() as transaction:
            count, oldest = (await transaction.execute(query)).one()
        if count >= policy.failures:
            wait_s = policy.window_s - (now - oldest).total_seconds()
            raise SlowDown(max(1, math.ceil(wait_s)))

    async def count_failure(self, policy: Policy, subject: str, *, now: datetime) -> None:
        row = {"bucket": self._bucket(policy, subject), "at": now}
        async with self._database.write() as transaction:
            await transaction.execute(insert(failures).values(row))

    async def forgive(self, policy: Policy, subject: str) -> None:
        """Forget the failures of a subject that has now succeeded."""
        bucket = self._bucket(policy, subject)
        async with self._database.write() as transaction:
            await transaction.execute(delete(failures).where(failures.c.bucket == bucket))

    async def sweep(self, *, now: datetime) -> None:
        """Drop what no policy looks at any more."""
        old = now - timedelta(seconds=LONGEST_WINDOW_S)
        async with self._database.write() as transaction:
            await transaction.execute(delete(failures).where(failures.c.at <= old))

    def _bucket(self, policy: Policy, subject: str) -> bytes:
        return hmac.digest(self._key, f"{policy.name}|{subject}".encode(), "sha256")
