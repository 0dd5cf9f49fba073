"""What lines ask of other nouns."""

from __future__ import annotations

from typing import Protocol

from control.data.database import Transaction


class Sessions(Protocol):
    async def owned(self, tx: Transaction, therapist_id: str, session_id: str) -> object:
        """Return the session, or raise `NotFound` (no_session) for another's too."""
        ...


class Patients(Protocol):
    async def owned(self, tx: Transaction, therapist_id: str, patient_id: str) -> object:
        """Return the patient or guest, or raise `NotFound` (no_patient) for another's too."""
        ...
