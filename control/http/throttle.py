"""Slow down those who guess, and lock out nobody who knows.

An attempt is counted before its work, in one transaction with the look at the limit, so that
attempts at the same time cannot all pass; whoever succeeds gives the place back. Rows are in the
database, so a restart forgives nobody; they hold no address and no e-mail, only an HMAC of them.
A limit that is reached writes nothing more, so a flood adds no rows beyond the limit.

Passwords. What is refused is refused by account and address together (10 failures in 15 minutes),
or by account and device for a browser that has logged in to this account before (`auth/devices`).
Others' failures are in other buckets: nobody can lock a therapist out from elsewhere, nor, once she
has logged in on a browser, from the same clinic network. What strangers do over many accounts from
one address (30), or to one account from many addresses (100), would lock out the innocent if it
were refused; it is slowed instead: their attempts get turns, 3 s apart, and only those that would
wait for more than 6 s are told to come back. A known device takes no turns.
All this is the same for accounts that exist and those that do not.

Links. A token has 256 bits, so that no rate of guessing finds one: even a billion a second for a
century tries one in 10^58. The limit (10 failures a minute and address) is there against the load
and the noise of it. So a link is looked up first, by one indexed read; one that is valid works
whatever others at its address did, and only what opens nothing is counted and, past the limit,
answered with 429 instead of 404. Both words mean the same to who guesses; a valid link can be told
from them at any rate by its working, and must be, if it is to work.

Accounts. Registration in `open` mode costs a hash each time and is refused past its limit; one with
an invitation is limited by that invitation alone, and so are the passwords that are tried with the
link that confirms an address.
"""

from __future__ import annotations

import asyncio
import hmac
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Integer, LargeBinary, Table, delete, func, insert, select

from control.data.database import Database, Transaction, UtcDateTime, metadata
from control.errors import SlowDown
from control.http.pace import Pace

failures = Table(
    "failures",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("bucket", LargeBinary(32), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)
TURN_EVERY_S = 3.0
LONGEST_WAIT_S = 6.0  # below the 10 s after which a page gives up


@dataclass(frozen=True, slots=True)
class Policy:
    """So many failures within `window_s` seconds."""

    name: str
    failures: int
    window_s: float


LOGIN_BY_PAIR = Policy("login by account and address", failures=10, window_s=900)
LOGIN_BY_DEVICE = Policy("login by account and device", failures=10, window_s=900)
LOGIN_BY_ADDRESS = Policy("login by address", failures=30, window_s=900)
LOGIN_BY_ACCOUNT = Policy("login by account", failures=100, window_s=900)
LINK_BY_ADDRESS = Policy("link by address", failures=10, window_s=60)
REGISTER_BY_ADDRESS = Policy("register by address", failures=120, window_s=3600)
REGISTER_BY_INVITATION = Policy("register by invitation", failures=10, window_s=900)
CONFIRM_BY_LINK = Policy("confirmation by link", failures=10, window_s=900)
EMAIL_BY_ACCOUNT = Policy("new address by account", failures=5, window_s=3600)
RESET_BY_PAIR = Policy("password reset by account and address", failures=5, window_s=900)
RESET_BY_ADDRESS = Policy("password reset by address", failures=30, window_s=900)
LONGEST_WINDOW_S = 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """A policy for one subject, as an address."""

    policy: Policy
    subject: str


@dataclass(frozen=True, slots=True)
class Reservation:
    """One attempt that is counted and may now be made."""

    bucket: bytes
    """Of the limit that refuses."""
    rows: tuple[int, ...]


class Throttle:
    """Counts failures per policy and subject."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key
        self.turns = Pace(TURN_EVERY_S, LONGEST_WAIT_S)
        self._entrance = asyncio.Lock()

    async def reserve(self, refuse: Limit, *slow: Limit, now: datetime) -> Reservation:
        """Count an attempt before it is made; call `release` or `forgive` when it did not fail.

        Args:
            refuse: The limit beyond which nothing is done.
            slow: Limits beyond which the attempt waits for its turn, here.

        Raises:
            SlowDown: With the seconds to wait. Nothing was counted.
        """
        await self._look(refuse, slow, now)
        async with self._entrance:  # a flood is one of those who wait to write, not all of them
            await self._look(refuse, slow, now)
            reservation, wait_s = await self._enter(refuse, slow, now)
        await asyncio.sleep(wait_s)
        return reservation

    async def release(self, reservation: Reservation) -> None:
        """Give the place back: the attempt was not made, or was no failure."""
        async with self._database.write() as tx:
            await tx.execute(delete(failures).where(failures.c.id.in_(reservation.rows)))

    async def forgive(self, reservation: Reservation) -> None:
        """Give the place back and forget the failures before it, in the limit that refuses."""
        async with self._database.write() as tx:
            await _lock(tx, [reservation.bucket])  # two would wait for each other's rows
            await tx.execute(delete(failures).where(failures.c.id.in_(reservation.rows)))
            await tx.execute(delete(failures).where(failures.c.bucket == reservation.bucket))

    async def sweep(self, *, now: datetime) -> None:
        """Drop what no policy looks at any more."""
        old = now - timedelta(seconds=LONGEST_WINDOW_S)
        async with self._database.write() as tx:
            await tx.execute(delete(failures).where(failures.c.at <= old))

    async def _look(self, refuse: Limit, slow: Iterable[Limit], now: datetime) -> None:
        """Raise `SlowDown` for what would be refused, by reading alone."""
        async with self._database.read() as tx:
            for bucket in await self._check(tx, refuse, slow, now):
                self.turns.check(bucket, _monotonic())

    async def _enter(
        self, refuse: Limit, slow: tuple[Limit, ...], now: datetime
    ) -> tuple[Reservation, float]:
        """Judge and count in one transaction; return the seconds until the turn as well."""
        buckets = [self._bucket(limit) for limit in (refuse, *slow)]
        async with self._database.write() as tx:
            await _lock(tx, buckets)
            over = await self._check(tx, refuse, slow, now)
            rows = [await _add(tx, bucket, now) for bucket in buckets if bucket not in over]
            wait_s = max((self.turns.take(one, _monotonic()) for one in over), default=0.0)
        return Reservation(buckets[0], tuple(rows)), wait_s

    async def _check(
        self, tx: Transaction, refuse: Limit, slow: Iterable[Limit], now: datetime
    ) -> list[bytes]:
        """Return the buckets of `slow` that are full; raise `SlowDown` when that of `refuse` is."""
        wait_s = await self._wait_s(tx, refuse, now)
        if wait_s > 0:
            raise SlowDown(math.ceil(wait_s))
        return [self._bucket(limit) for limit in slow if await self._wait_s(tx, limit, now) > 0]

    async def _wait_s(self, tx: Transaction, limit: Limit, now: datetime) -> float:
        """Return the seconds until this limit allows another attempt, 0 for now."""
        window = timedelta(seconds=limit.policy.window_s)
        mine = failures.c.bucket == self._bucket(limit)
        query = select(func.count(), func.min(failures.c.at)).where(
            mine, failures.c.at > now - window
        )
        count, oldest = (await tx.execute(query)).one()
        if count < limit.policy.failures:
            return 0.0
        wait_s: float = (oldest + window - now).total_seconds()
        return max(1.0, wait_s)

    def _bucket(self, limit: Limit) -> bytes:
        text = f"{limit.policy.name}|{limit.subject}"
        return hmac.digest(self._key, text.encode(), "sha256")


async def _add(tx: Transaction, bucket: bytes, now: datetime) -> int:
    added = await tx.execute(insert(failures).values(bucket=bucket, at=now))
    key: int = added.inserted_primary_key[0]  # type: ignore[index]
    return key


async def _lock(tx: Transaction, buckets: list[bytes]) -> None:
    """Let one transaction at a time count, add to and empty these; SQLite has one writer anyway.

    Each statement after the lock sees what the one before us committed (READ COMMITTED).
    """
    if tx.dialect.name != "postgresql":
        return
    for bucket in sorted(buckets):  # in one order, so that two cannot wait for each other
        key = int.from_bytes(bucket[:8], "big", signed=True)
        await tx.execute(select(func.pg_advisory_xact_lock(key)))


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
