"""Use cases about settings."""

from __future__ import annotations

from datetime import datetime

from control.data.database import Database
from control.patients.store import PatientStore
from control.ports import SessionWatcher
from control.settings.messages import Setting, SettingChange
from control.settings.model import SettingVersion
from control.settings.store import SettingStore


class SettingService:
    """Reads and changes a patient's setting; a change reaches a running session at once."""

    def __init__(
        self,
        database: Database,
        store: SettingStore,
        patients: PatientStore,
        running: SessionWatcher,
    ) -> None:
        self._database = database
        self._store = store
        self._patients = patients
        self._running = running

    async def get(self, therapist_id: str, patient_id: str) -> Setting:
        async with self._database.read() as tx:
            await self._patients.owned(tx, therapist_id, patient_id)
            return to_wire(await self._store.newest(tx, patient_id))

    async def change(
        self, therapist_id: str, patient_id: str, form: SettingChange, *, now: datetime
    ) -> Setting:
        async with self._database.write() as tx:
            await self._patients.owned(tx, therapist_id, patient_id)
            before = await self._store.newest(tx, patient_id)
            after = before.changed(self_view=form.self_view, clock=form.clock)
            if after is not before:
                await self._store.add(tx, patient_id, after, now)
        if after is not before:
            await self._running.apply_setting(patient_id, now=now)
        return to_wire(after)


def to_wire(setting: SettingVersion) -> Setting:
    return Setting(version=setting.version, self_view=setting.self_view, clock=setting.clock)
