"""What presence asks of sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from control.data.database import Transaction
from control.presence.model import Standing


class Store(Protocol):
    """Where sessions are written, and since when a patient waits."""

    async def standing(self, tx: Transaction) -> list[Standing]:
        """Return every session that has not ended."""
        ...

    async def owned(self, tx: Transaction, therapist_id: str, session_id: str) -> object:
        """Return the session, or raise `NotFound` (no_session) for none and another's alike."""
        ...

    async def is_open(self, tx: Transaction, session_id: str) -> bool:
        """Tell whether there is such a session, and it has not ended."""
        ...

    async def write_waiting(
        self, tx: Transaction, session_id: str, since: datetime | None
    ) -> None: ...


class Sessions(Protocol):
    """What follows from who is here."""

    async def hold_absent(self, session_id: str, *, now: datetime) -> None:
        """Close the gate because somebody has gone, if it is open."""
        ...

    async def finish(self, session_id: str, *, now: datetime) -> object:
        """End a session whoever owns it."""
        ...


class Changes(Protocol):
    """Who tells the pages."""

    async def presence_changed(self, session_id: str, *, now: datetime) -> None: ...
