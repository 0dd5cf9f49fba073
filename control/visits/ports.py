"""What visits ask of other nouns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from aiohttp import web

from control.auth.model import Picture, Therapist
from control.chat.messages import ChatState
from control.data.database import Authority, Transaction
from control.http.wire import Offer
from control.invitations.model import Invitation
from control.patients.model import Person
from control.presence.messages import Devices
from control.presence.model import Lobby
from control.sessions.model import SessionRecord
from control.settings.model import SettingVersion
from control.visits.model import VisitFacts
from sfu.messages import CheckReport, Role


class Visitor(Authority, Protocol):
    """The device behind a request. Every transaction judges the visit anew."""

    @property
    def visit(self) -> VisitFacts:
        """The visit; to be read inside a transaction that was opened `by` this visitor."""
        ...


VisitorOf = Callable[[web.Request], Visitor]
"""How routes find out who asks; it cannot fail, the transaction does."""


class Links(Protocol):
    async def by_token_hash(
        self, tx: Transaction, token_hash: bytes, *, hold: bool = False
    ) -> Invitation | None:
        """Return the link of this token.

        Args:
            hold: Nobody may revoke it until the transaction ends.
        """
        ...

    async def claim(
        self, tx: Transaction, invitation: Invitation, held_by: bytes, now: datetime
    ) -> None:
        """Write which device holds a one-time link, or raise `LostRace`: another was faster."""
        ...


class Patients(Protocol):
    async def get(self, tx: Transaction, patient_id: str) -> Person | None: ...

    async def name_guest(self, tx: Transaction, guest_id: str, name: str) -> None:
        """Write the name that a guest gave; that of a patient is the therapist's to write."""
        ...


class Therapists(Protocol):
    async def therapist(self, tx: Transaction, therapist_id: str) -> Therapist | None: ...


class Pictures(Protocol):
    async def picture(self, tx: Transaction, therapist_id: str) -> Picture | None: ...


class Settings(Protocol):
    async def newest(self, tx: Transaction, patient_id: str) -> SettingVersion: ...


class SessionRecords(Protocol):
    async def get(self, tx: Transaction, session_id: str) -> SessionRecord | None: ...

    async def open_of_patient(self, tx: Transaction, patient_id: str) -> SessionRecord | None: ...


class Sessions(Protocol):
    """The session that the visit belongs to."""

    async def ensure_open_in(
        self, tx: Transaction, patient_id: str, *, now: datetime
    ) -> tuple[SessionRecord, bool]:
        """Return the patient's one open session, opened now when there is none."""
        ...

    async def connect(
        self,
        session_id: str,
        role: Role,
        holder: str,
        offer: Offer,
        *,
        by: Authority,
        now: datetime,
    ) -> str:
        """Answer an offer, for whoever may still at the moment the peer is made."""
        ...

    async def close_gate_in(self, tx: Transaction, patient_id: str, now: datetime) -> None:
        """Write down that the gate of the patient's open session, if any, is closed."""
        ...

    async def align(self, session_id: str, *, now: datetime) -> None:
        """Bring the node's room to what the tables say, now or as soon as both answer."""
        ...

    async def patient_gone(self, session_id: str, *, now: datetime) -> None:
        """Take the patient's media out at once: they left, or may not stay."""
        ...


class Checks(Protocol):
    """Checks of lines before a call."""

    async def check_patient(self, session_id: str, *, light: bool) -> None:
        """Begin a check of the patient's line, or raise `Conflict` or `SlowDown`."""
        ...


class TestRecords(Protocol):
    """What is kept of tests from the link."""

    async def note_test(self, patient_id: str, report: CheckReport, *, by: Authority) -> bool:
        """Keep a test; tell whether nothing is left to do. Never raises `Unavailable`.

        Args:
            by: Whose test it is, judged as it is written; what that raises is raised.
        """
        ...


class Chats(Protocol):
    """What is written beside sessions."""

    def state(self, session_id: str) -> ChatState: ...


class Presence(Protocol):
    async def refresh(self, lobby: Lobby, *, now: datetime) -> None:
        """Derive one lobby's presence; write down and push what changed."""
        ...

    async def tell_patient_devices(
        self, session_id: str, devices: Devices, *, now: datetime
    ) -> None:
        """Take note of what the patient's page says, for the therapist's page."""
        ...
