"""Fixtures of the database's tests."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

PATIENCE_S = 20.0


@pytest.fixture(autouse=True)
async def nothing_left_behind() -> AsyncIterator[None]:
    """Let what a cancelled transaction left end while there is a loop: goodbyes and threads."""
    yield
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    if tasks:
        await asyncio.wait(tasks, timeout=PATIENCE_S)
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, PATIENCE_S)


@pytest.fixture(autouse=True)
def unhurried_databases() -> None:
    """Leave the limits of the database as the product has them: they are tested here."""
