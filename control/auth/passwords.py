"""Argon2id in a worker, at most two at once, so that logging in cannot starve the machine."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB = 64 * 1024  # SECURITY.md; RFC 9106, 4: the second recommended option
PASSES = 3
LANES = 1
AT_ONCE = 2


class Passwords:
    """Hashes and verifies; `close()` ends the workers."""

    def __init__(self, memory_kib: int = MEMORY_KIB) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=memory_kib, parallelism=LANES)
        self._workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._workers, self._hasher.hash, password)

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Compare; for None (no such person) the same work is done, and the answer is no."""
        loop = asyncio.get_running_loop()
        wanted = password_hash or self._nobody
        same = await loop.run_in_executor(self._workers, self._verify, wanted, password)
        return same and password_hash is not None

    def close(self) -> None:
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
