"""What settings ask of other nouns."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from control.data.database import Transaction


class Patients(Protocol):
    """Whose settings they are."""

    async def owned(self, tx: Transaction, therapist_id: str, patient_id: str) -> object:
        """Return the patient, or raise `NotFound` (no_patient) for none and another's alike."""
        ...


class Sessions(Protocol):
    """What may be running."""

    async def apply_setting(self, patient_id: str, *, now: datetime) -> None:
        """Bring the open session of this patient, if any, to the newest setting."""
        ...
