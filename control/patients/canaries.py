"""Patients of canaries: nobody real, and gone soon whatever becomes of the canary."""

from __future__ import annotations

from datetime import datetime

from control.auth.ports import Trusted
from control.data.database import Database
from control.patients.model import CANARY_LIFETIME
from control.patients.ports import Canaries
from control.patients.service import PatientService
from control.patients.store import PatientStore


class CanaryPatients:
    """Erases what is left of a canary that was killed; others erase their patients themselves."""

    def __init__(
        self, database: Database, store: PatientStore, accounts: Canaries, patients: PatientService
    ) -> None:
        self._database = database
        self._store = store
        self._accounts = accounts
        self._patients = patients

    async def load(self) -> None:
        """Read which accounts are canaries', before anything is counted."""
        await self._accounts.refresh()

    async def sweep(self, *, now: datetime) -> None:
        """Erase those who were added a while ago, with their sessions; open ones end first."""
        left: list[tuple[str, str]] = []
        therapist_ids = await self._accounts.refresh()
        async with self._database.read() as tx:
            for therapist_id in therapist_ids:
                ids = await self._store.added_before(tx, therapist_id, now - CANARY_LIFETIME)
                left += [(therapist_id, patient_id) for patient_id in ids]
        for therapist_id, patient_id in left:
            await self._patients.erase_anyone(Trusted(therapist_id), patient_id, now=now)
