"""What is counted in the database for a scrape: seldom, and once for however many ask."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import inf

from control.data.database import Database
from control.errors import Unavailable
from control.operations.ports import MessageCounter, OpenSessions, SessionCounter

FRESH_S = 5.0  # a scrape comes every 15 s


@dataclass(frozen=True, slots=True)
class Figures:
    """One count."""

    sessions: OpenSessions
    messages: dict[tuple[str, str], int]
    """By channel and state."""


class Census:
    """Counts when asked, unless that was done a moment ago or is under way."""

    def __init__(
        self,
        database: Database,
        sessions: SessionCounter,
        messages: MessageCounter,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._messages = messages
        self._clock = clock
        self._counting: asyncio.Task[None] | None = None
        self._until = -inf
        self.figures: Figures | None = None
        """Of the last count; None while the database does not answer."""

    async def take(self) -> None:
        """Return when `figures` are fresh; within some seconds, whatever the database does."""
        if time.monotonic() < self._until:
            return
        if self._counting is None:
            self._counting = asyncio.create_task(self._count(), name="count for a scrape")
        await asyncio.shield(self._counting)  # who asked may go; others wait for the same

    async def close(self) -> None:
        if self._counting is not None:
            await self._counting

    async def _count(self) -> None:
        try:
            async with self._database.read() as tx:
                sessions = await self._sessions.count(tx, self._clock())
                self.figures = Figures(sessions, await self._messages.count(tx))
        except Unavailable:
            self.figures = None
        finally:
            self._until = time.monotonic() + FRESH_S
            self._counting = None
