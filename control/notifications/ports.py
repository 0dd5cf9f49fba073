"""What notifications ask of the outside, and what they are to other nouns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from control.auth.model import Therapist
from control.data.database import Transaction
from control.notifications.messages import Message
from control.notifications.model import Channel, Failure, Letter, Outcome, Parcel
from control.patients.model import Person
from control.settings.model import SettingVersion


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


class Returned(Protocol):
    """What was handed to a gateway, and may come back."""

    async def bounce(self, message_id: str, failure: Failure, *, now: datetime) -> bool:
        """Write that a message which a gateway took came back; return whether that is news."""
        ...


class Patients(Protocol):
    """Whom therapists write to."""

    async def owned(self, tx: Transaction, therapist_id: str, patient_id: str) -> Person:
        """Return the patient, or raise `NotFound` (no_patient) for none and another's alike."""
        ...

    async def get(self, tx: Transaction, patient_id: str) -> Person | None: ...


class Therapists(Protocol):
    """Who writes."""

    async def therapist(self, tx: Transaction, therapist_id: str) -> Therapist | None: ...


class Settings(Protocol):
    """How patients hear of an entry."""

    async def newest(self, tx: Transaction, patient_id: str) -> SettingVersion: ...

    async def add(
        self, tx: Transaction, patient_id: str, setting: SettingVersion, now: datetime
    ) -> None: ...

    async def default(self, tx: Transaction, therapist_id: str) -> SettingVersion:
        """Return what this therapist's new patients begin with."""
        ...

    async def add_default(
        self, tx: Transaction, therapist_id: str, setting: SettingVersion, now: datetime
    ) -> None: ...


class Links(Protocol):
    """The links of patients."""

    async def url_of(self, tx: Transaction, patient_id: str, *, now: datetime) -> str | None:
        """Return the link; None when it is revoked or expired."""
        ...


class Sessions(Protocol):
    """What may be running."""

    async def apply_setting(self, patient_id: str, *, now: datetime) -> None:
        """Bring the open session of this patient, if any, to the newest setting."""
        ...


class SentMessages(Protocol):
    """What was sent to people."""

    async def newest_of(self, tx: Transaction, ids: Collection[str]) -> dict[str, Message]:
        """Return the last message to each of these people who was sent any."""
        ...


class OpenSession(Protocol):
    """A session that has not ended."""

    @property
    def id(self) -> str: ...

    @property
    def waiting_since(self) -> datetime | None: ...

    @property
    def gate_open(self) -> bool: ...

    @property
    def entered(self) -> bool: ...


class OpenSessions(Protocol):
    """Who may be waiting."""

    async def all_open(self, tx: Transaction, therapist_id: str) -> Sequence[OpenSession]:
        """Return the sessions of this therapist that have not ended."""
        ...

    async def owned(self, tx: Transaction, therapist_id: str, session_id: str) -> object:
        """Return the session, or raise `NotFound` (no_session) for none and another's alike."""
        ...
