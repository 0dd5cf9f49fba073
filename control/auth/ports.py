"""What other nouns see of who asks, and what logging in asks of the open pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from control.data.database import Authority, Transaction


class Caller(Authority, Protocol):
    """The therapist behind a request. Every transaction judges the login anew."""

    @property
    def id(self) -> str:
        """The therapist's id; to be read inside a transaction that was opened `by` this caller."""
        ...

    @property
    def login_id(self) -> str:
        """The id of the login, likewise."""
        ...

    @property
    def remembered_id(self) -> str | None:
        """The therapist's id as it was last confirmed for this cookie, without any database.

        Enough to close something that is this therapist's own, never to open or to read.
        """
        ...


CallerOf = Callable[[web.Request], Caller]
"""How routes find out who asks; it cannot fail, the transaction does."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """A caller who needs no login: the command line and the demo."""

    id: str
    login_id: str = ""

    @property
    def remembered_id(self) -> str:
        return self.id

    async def confirm(self, tx: Transaction, *, hold: bool) -> None:
        return


InSession = Callable[[str], bool]
"""Therapist id → is in contact with a patient."""
