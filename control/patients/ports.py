"""What patients ask of other nouns."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from control.data.database import Transaction
from control.invitations.model import Invitation
from control.lines.model import LastCheck


class Links(Protocol):
    """The links of patients."""

    async def issue(
        self, tx: Transaction, patient_id: str, *, now: datetime, one_time: bool = False
    ) -> Invitation:
        """Make the first link of a new patient or guest."""
        ...

    async def make_lasting_in(self, tx: Transaction, patient_id: str, *, now: datetime) -> None:
        """Give a guest who becomes a patient a link for any device; the one-time link is void."""
        ...

    async def issue_all(self, tx: Transaction, ids: list[str], *, now: datetime) -> None:
        """Make the first links of new patients."""
        ...

    async def of_patients(self, tx: Transaction, ids: list[str]) -> dict[str, Invitation]: ...


class Settings(Protocol):
    """What patients see."""

    async def add_all_first(
        self, tx: Transaction, therapist_id: str, ids: list[str], now: datetime
    ) -> None:
        """Give new patients what this therapist's new patients begin with."""
        ...

    async def add_first_of_guest(
        self, tx: Transaction, therapist_id: str, guest_id: str, now: datetime
    ) -> None:
        """Give a guest what new patients see; the alert is for patients alone."""
        ...

    async def add_alert_of_patients(
        self, tx: Transaction, therapist_id: str, patient_id: str, now: datetime
    ) -> None:
        """Give a guest who becomes a patient the alert that new patients begin with."""
        ...


class Contacts(Protocol):
    """When patients were met."""

    async def latest_contacts(self, tx: Transaction, ids: list[str]) -> dict[str, datetime]:
        """Return, for each of these patients who was ever met, when the last session began."""
        ...


class Checks(Protocol):
    """How patients' lines were."""

    async def last_checks(self, tx: Transaction, ids: list[str]) -> dict[str, LastCheck]:
        """Return the newest check of each of these patients who has one."""
        ...


class Sessions(Protocol):
    """What may be running."""

    async def end_open(self, patient_id: str, *, now: datetime) -> None:
        """End the open session of this patient, if any."""
        ...


class Visits(Protocol):
    """The device that may be in the waiting room."""

    async def end_in(self, tx: Transaction, patient_id: str, now: datetime) -> None:
        """End the patient's visit within the caller's transaction; `cut` does what follows."""
        ...

    async def cut(self, patient_id: str, *, now: datetime) -> None:
        """Take page and media from a patient whose visit has ended; again does no harm."""
        ...


class Canaries(Protocol):
    """The accounts whose patients are synthetic."""

    async def refresh(self) -> Collection[str]:
        """Read anew which they are."""
        ...
