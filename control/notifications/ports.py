"""What notifications ask of the outside, and what they are to other nouns."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from control.data.database import Transaction
from control.notifications.model import Channel, Letter, Outcome, Parcel


class Letters(Protocol):
    """The way for other nouns to have something sent."""

    def can(self, channel: Channel) -> bool:
        """Whether a letter of this channel has somewhere to go."""
        ...

    async def enqueue(self, tx: Transaction, letter: Letter, *, now: datetime) -> str:
        """Write a letter down within the caller's transaction, and return its id.

        With `once`, a letter that is there already is left alone and its id returned; an
        `IntegrityError` says that another was written meanwhile (`transact` reads again).

        Raises:
            Conflict: no_email or no_sms: there is no gateway for it.
        """
        ...


class Gateway(Protocol):
    """Where messages leave. Never raises for what a network or a server may do."""

    async def send(self, parcel: Parcel) -> Outcome: ...

    def close(self) -> None:
        """Let go of threads; a message under way is left to itself."""
        ...
