"""What first consultations ask of other nouns."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from control.auth.model import Therapist
from control.auth.ports import Caller
from control.data.database import Transaction
from control.invitations.model import Invitation
from control.patients.messages import NewPatient, Patient
from control.patients.model import Person
from control.sessions.model import SessionRecord


class Guests(Protocol):
    """The people, who are not patients yet."""

    async def add_in(
        self, tx: Transaction, therapist_id: str, language: str, *, now: datetime
    ) -> Person:
        """Make a guest without a name, with a one-time link and a setting."""
        ...

    async def of_in(
        self, tx: Transaction, therapist_id: str, guest_ids: list[str]
    ) -> dict[str, Person]:
        """Return those of these people who are this therapist's guests, by id."""
        ...

    async def change_in(self, tx: Transaction, guest: Person) -> None:
        """Write a guest's contact and language."""
        ...

    async def admit_in(
        self, tx: Transaction, guest: Person, form: NewPatient, *, now: datetime
    ) -> None:
        """Make a patient of a guest, or raise `NotFound`: done or discarded meanwhile."""
        ...


class Patients(Protocol):
    """Patients and guests as a whole."""

    async def get(self, me: Caller, patient_id: str, *, now: datetime) -> Patient: ...

    async def erase_anyone(self, me: Caller, patient_id: str, *, now: datetime) -> None:
        """Erase a patient or guest with all that is theirs; a running session ends first."""
        ...


class Links(Protocol):
    """The links of guests."""

    async def of_patients(self, tx: Transaction, ids: list[str]) -> dict[str, Invitation]: ...

    def url(self, invitation: Invitation) -> str: ...


class Sessions(Protocol):
    """The meetings with guests."""

    async def newest(
        self,
        tx: Transaction,
        therapist_id: str,
        patient_ids: Collection[str] | None,
        *,
        limit: int,
    ) -> list[SessionRecord]:
        """Return the newest sessions first, those with some people or all."""
        ...


class Therapists(Protocol):
    """Who invites."""

    async def therapist(self, tx: Transaction, therapist_id: str) -> Therapist | None: ...


class Changes(Protocol):
    """Who tells the pages."""

    async def changed(self, record: SessionRecord, *, now: datetime) -> None:
        """Push a session to both its pages."""
        ...
