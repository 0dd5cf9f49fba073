"""What TURN asks of other nouns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from aiohttp import web

from control.data.database import Authority, Transaction
from control.sessions.model import SessionRecord
from control.visits.model import VisitFacts


class Visitor(Authority, Protocol):
    """The patient's device behind a request."""

    @property
    def visit(self) -> VisitFacts: ...


VisitorOf = Callable[[web.Request], Visitor]


class Sessions(Protocol):
    async def get(self, tx: Transaction, session_id: str) -> SessionRecord | None: ...

    async def owned(self, tx: Transaction, therapist_id: str, session_id: str) -> SessionRecord:
        """Return the session, or raise `NotFound` (no_session) for none and another's alike."""
        ...
