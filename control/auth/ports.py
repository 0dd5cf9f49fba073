"""What other nouns see of who asks, and what an account asks of other nouns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from aiohttp import web

from control.auth.model import Therapist
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


OperatorOf = Callable[[web.Request], Authority]
"""The same for an operator. Whoever is one may see all that there is to see, so has no id here."""


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


class OpenSession(Protocol):
    """What an account that goes has to know of a session."""

    @property
    def id(self) -> str: ...

    @property
    def patient_id(self) -> str: ...


class OpenSessions(Protocol):
    async def all_open(self, tx: Transaction, therapist_id: str) -> Sequence[OpenSession]:
        """Return the sessions of this therapist that have not ended."""
        ...


class RunningSessions(Protocol):
    async def finish(self, session_id: str, *, now: datetime) -> object:
        """End a session: the room is closed, then it is written and told."""
        ...


class StandingVisits(Protocol):
    async def end_in(self, tx: Transaction, patient_id: str, now: datetime) -> None:
        """End the patient's visit within the caller's transaction; `cut` does what follows."""
        ...

    async def cut(self, patient_id: str, *, now: datetime) -> None:
        """Take page and media from a patient whose visit has ended; again does no harm."""
        ...


class Search(Protocol):
    def forget(self, therapist_id: str) -> None:
        """Drop the names of this therapist's patients from memory."""
        ...


class AccountMail(Protocol):
    """Letters to therapists about their own accounts."""

    @property
    def can_send(self) -> bool:
        """Whether mail has somewhere to go."""
        ...

    async def send_confirmation(
        self, tx: Transaction, to: Therapist, link: str, lasts: timedelta, *, now: datetime
    ) -> None:
        """Write the letter with a link that confirms an address; `to` has no account yet."""
        ...

    async def send_taken(self, tx: Transaction, to: Therapist, link: str, *, now: datetime) -> None:
        """Write that somebody wanted an account with this account's address; once a day."""
        ...

    async def send_new_address(
        self, tx: Transaction, to: Therapist, link: str, lasts: timedelta, *, now: datetime
    ) -> None:
        """Write the letter with a link that confirms a new address; `to` has that one."""
        ...

    async def send_changing(
        self, tx: Transaction, to: Therapist, link: str, *, now: datetime
    ) -> None:
        """Write to the old address that another was asked for; the link helps whoever did not."""
        ...

    async def send_changed(self, tx: Transaction, to: Therapist, *, now: datetime) -> None:
        """Write to the old address that another is in its place."""
        ...

    async def send_new_password(
        self, tx: Transaction, to: Therapist, link: str, *, now: datetime
    ) -> None:
        """Write that the password was changed; the link helps whoever did not change it."""
        ...

    async def send_reset(
        self, tx: Transaction, to: Therapist, link: str, lasts: timedelta, *, now: datetime
    ) -> None:
        """Write the letter with a link to a new password down, within the caller's transaction."""
        ...
