"""What links ask of other nouns."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from control.data.database import Transaction


class Patients(Protocol):
    """Whose links they are."""

    async def owned(self, tx: Transaction, therapist_id: str, patient_id: str) -> object:
        """Return the patient, or raise `NotFound` (no_patient) for none and another's alike."""
        ...


class Visits(Protocol):
    """The device that a link may have let in."""

    async def end_in(self, tx: Transaction, patient_id: str, now: datetime) -> None:
        """End the patient's visit within the caller's transaction; `cut` does what follows."""
        ...

    async def end_idle_in(self, tx: Transaction, patient_id: str, now: datetime) -> None:
        """End the patient's visit unless its device is here now."""
        ...

    async def cut(self, patient_id: str, *, now: datetime) -> None:
        """Take page and media from a patient whose visit has ended; again does no harm."""
        ...
