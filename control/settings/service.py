"""Use cases about settings: a patient's own, and what new patients begin with."""

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

    async def default(self, me: Caller) -> Setting:
        """Return what new patients begin with."""
        async with self._database.read(by=me) as tx:
            return to_wire(await self._store.default(tx, me.id))

    async def change_default(self, me: Caller, form: SettingChange, *, now: datetime) -> Setting:
        """Add a version where something changes; patients there are keep what they have."""

        async def add_version(tx: Transaction) -> Setting:
            before = await self._store.default(tx, me.id)
            after = before.changed(self_view=form.self_view, clock=form.clock, screen=form.screen)
            return await self._add_default(tx, me, before, after, now)

        return await self._database.transact(add_version, by=me)

    async def use_for_new(self, me: Caller, patient_id: str, *, now: datetime) -> Setting:
        """Have new patients begin with this patient's setting as it stands, the alert with it."""

        async def add_version(tx: Transaction) -> Setting:
            await self._patients.owned(tx, me.id, patient_id)
            before = await self._store.default(tx, me.id)
            after = (await self._store.newest(tx, patient_id)).after(before)
            return await self._add_default(tx, me, before, after, now)

        return await self._database.transact(add_version, by=me)

    async def _add_default(
        self,
        tx: Transaction,
        me: Caller,
        before: SettingVersion,
        after: SettingVersion,
        now: datetime,
    ) -> Setting:
        if after is not before:
            await self._store.add_default(tx, me.id, after, now)
        return to_wire(after)
