"""Argon2id in a worker, at most two at once, so that logging in cannot starve the machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from control.errors import Unavailable

MEMORY_KIB = 64 * 1024  # SECURITY.md; RFC 9106, 4: the second recommended option
PASSES = 3
LANES = 1
AT_ONCE = 2
WAITING = 16  # further ones are told to try again: 18 take 1 to 2 s on two cores
WAITING_KNOWN = 8  # places more, for browsers that have logged in before

T = TypeVar("T")


class Passwords:
    """Hashes and verifies; `close()` ends the workers."""

    def __init__(self, memory_kib: int = MEMORY_KIB) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=memory_kib, parallelism=LANES)
        self._workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
        self._nobody = self._hasher.hash("nobody has this password")
        self._pending = 0

    async def hash(self, password: str) -> str:
        """Return the hash to store.

        Raises:
            Unavailable: busy, when too many are waiting.
        """
        return await self._work(AT_ONCE + WAITING, lambda: self._hasher.hash(password))

    async def matches(
        self, password_hash: str | None, password: str, *, is_known: bool = False
    ) -> bool:
        """Compare; for None (no such person) the same work is done, and the answer is no.

        Args:
            is_known: The browser has logged in before, so strangers do not fill its places.

        Raises:
            Unavailable: busy, when too many are waiting.
        """
        most = AT_ONCE + WAITING + (WAITING_KNOWN if is_known else 0)
        wanted = password_hash or self._nobody
        same = await self._work(most, lambda: self._verify(wanted, password))
        return same and password_hash is not None

    def close(self) -> None:
        self._workers.shutdown(wait=False, cancel_futures=True)

    async def _work(self, most: int, work: Callable[[], T]) -> T:
        if self._pending >= most:
            raise Unavailable("busy", "Many people are logging in. Please try again in a moment.")
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._workers, work)
        finally:
            self._pending -= 1

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
