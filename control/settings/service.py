"""Use cases about settings."""

from __future__ import annotations

from datetime import datetime

from control.auth.ports import Caller
from control.data.database import Database, Transaction
from control.settings.messages import Setting, SettingChange, to_wire
from control.settings.model import SettingVersion
from control.settings.ports import Patients, Sessions
from control.settings.store import SettingStore


class SettingService:
    """Reads and changes a patient's setting; a change reaches a running session at once."""

    def __init__(
        self, database: Database, store: SettingStore, *, patients: Patients, sessions: Sessions
    ) -> None:
        self._database = database
        self._store = store
        self._patients = patients
        self._sessions = sessions

    async def get(self, me: Caller, patient_id: str) -> Setting:
        async with self._database.read(by=me) as tx:
            await self._patients.owned(tx, me.id, patient_id)
            return to_wire(await self._store.newest(tx, patient_id))

    async def change(
        self, me: Caller, patient_id: str, form: SettingChange, *, now: datetime
    ) -> Setting:
        """Add a version where something changes; of two at once the later adds to the other's."""

        async def add_version(tx: Transaction) -> tuple[SettingVersion, bool]:
            await self._patients.owned(tx, me.id, patient_id)
            before = await self._store.newest(tx, patient_id)
            after = before.changed(self_view=form.self_view, clock=form.clock, screen=form.screen)
            if after is not before:
                await self._store.add(tx, patient_id, after, now)
            return after, after is not before

        after, is_new = await self._database.transact(add_version, by=me)
        if is_new:
            await self._sessions.apply_setting(patient_id, now=now)
        return to_wire(after)
