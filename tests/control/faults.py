"""Faults to put between two steps: a call that fails, one that comes late, no database."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from control.data.database import Transaction
from control.errors import Unavailable
from tests.control.stage import Stage

AWAY = Unavailable("database_away", "We cannot save right now. Please try again.")


async def fails(*_arguments: Any, **_named: Any) -> Any:
    raise AWAY


@contextmanager
def replaced(owner: object, name: str, stand_in: Any) -> Iterator[None]:
    """Let something else stand for a method, and put the method back."""
    patch = pytest.MonkeyPatch()
    patch.setattr(owner, name, stand_in, raising=True)
    try:
        yield
    finally:
        patch.undo()


class Slow:
    """A call to the node that reaches it late: it waits until it is let go."""

    def __init__(self, real: Callable[..., Awaitable[Any]]) -> None:
        self._real = real
        self.entered, self.go = asyncio.Event(), asyncio.Event()

    async def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.entered.set()
        await self.go.wait()
        return await self._real(*arguments, **named)


class LateAnswer(Slow):
    """A call that the node does at once, and whose answer waits until it is let go."""

    async def __call__(self, *arguments: Any, **named: Any) -> Any:
        answer = await self._real(*arguments, **named)
        self.entered.set()
        await self.go.wait()
        return answer


@contextmanager
def no_database(stage: Stage, *names: str) -> Iterator[None]:
    """Let the database be away for writing, or for both."""

    @asynccontextmanager
    async def away(_database: object, by: object = None) -> AsyncIterator[Transaction]:
        raise AWAY
        yield

    with contextlib.ExitStack() as stack:
        for name in names:
            stack.enter_context(replaced(type(stage.control.database), name, away))
        yield
