"""What the chat asks of other nouns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from aiohttp import web

from control.data.database import Authority, Transaction


class VisitFacts(Protocol):
    """The visit of a device."""

    @property
    def session_id(self) -> str | None: ...

    @property
    def left_at(self) -> datetime | None: ...


class Visitor(Authority, Protocol):
    """The patient's device behind a request."""

    @property
    def visit(self) -> VisitFacts: ...


VisitorOf = Callable[[web.Request], Visitor]


class Sessions(Protocol):
    """The session that a chat belongs to."""

    async def owned(self, tx: Transaction, therapist_id: str, session_id: str) -> object:
        """Return the session, or raise `NotFound` (no_session) for none and another's alike."""
        ...

    async def is_open(self, tx: Transaction, session_id: str) -> bool:
        """Tell whether there is such a session, and it has not ended."""
        ...


class Changes(Protocol):
    """Who tells the pages."""

    async def presence_changed(self, session_id: str, *, now: datetime) -> None: ...
