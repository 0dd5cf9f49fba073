"""Waiting in tests that run on real time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(reached: Callable[[], object], limit_s: float = 15.0) -> None:
    """Return as soon as `reached()` is true.

    Raises:
        TimeoutError: It was not within `limit_s`.
    """
    async with asyncio.timeout(limit_s):
        # What is waited for (a peer's state, a count of frames) has no event of its own.
        while not reached():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
