"""What TURN asks of other nouns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
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


class LinkTests(Protocol):
    """Tests of camera and connection from a link."""

    async def patient_of(
        self, token: str, jar: Mapping[str, str], address: str, *, now: datetime
    ) -> str:
        """Return whose link this is; raise for one that opens nothing here."""
        ...


class Sessions(Protocol):
    async def get(self, tx: Transaction, session_id: str) -> SessionRecord | None: ...

    async def owned(self, tx: Transaction, therapist_id: str, session_id: str) -> SessionRecord:
        """Return the session, or raise `NotFound` (no_session) for none and another's alike."""
        ...
