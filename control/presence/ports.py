"""What presence asks of sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from control.data.database import Transaction
from control.presence.model import Standing


class Store(Protocol):
    """Where it is written since when a patient waits."""

    async def standing(self, tx: Transaction) -> list[Standing]:
        """Return every session that has not ended."""
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
