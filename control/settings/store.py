"""Every version of every patient's setting, and of what new patients begin with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    Row,
    Table,
    false,
    insert,
    select,
    true,
)

from control.data.database import Transaction, UtcDateTime, metadata
from control.data.encryption import EncryptedText, Place, Vault
from control.settings.model import FIRST, SettingVersion

settings = Table(
    "settings",
    metadata,
    Column("patient_id", ForeignKey("patients.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("self_view", Boolean, nullable=False),
    Column("clock", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("notify_email", Boolean, nullable=False, server_default=false()),
    Column("notify_sms", Boolean, nullable=False, server_default=false()),
    Column("alert_text", EncryptedText),
    Column("screen", Boolean, nullable=False, server_default=true()),
)

default_settings = Table(
    "default_settings",
    metadata,
    Column("therapist_id", ForeignKey("therapists.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("self_view", Boolean, nullable=False),
    Column("clock", Boolean, nullable=False),
    Column("screen", Boolean, nullable=False),
    Column("notify_email", Boolean, nullable=False),
    Column("notify_sms", Boolean, nullable=False),
    Column("alert_text", EncryptedText),
    Column("created_at", UtcDateTime, nullable=False),
)


class SettingStore:
    """Reads and adds versions within the caller's transaction."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def add_all_first(
        self, tx: Transaction, therapist_id: str, ids: list[str], now: datetime
    ) -> None:
        """Give new patients what this therapist's new patients begin with."""
        first = (await self.default(tx, therapist_id)).as_first()
        await tx.execute(insert(settings), [self._row(one, first, now) for one in ids])

    async def add_first_of_guest(
        self, tx: Transaction, therapist_id: str, guest_id: str, now: datetime
    ) -> None:
        """Give a guest what new patients see; the alert is for patients alone."""
        first = (await self.default(tx, therapist_id)).as_first().without_alert()
        await self.add(tx, guest_id, first, now)

    async def add_alert_of_patients(
        self, tx: Transaction, therapist_id: str, patient_id: str, now: datetime
    ) -> None:
        """Give a guest who becomes a patient the alert that new patients begin with."""
        alert = await self.default(tx, therapist_id)
        before = await self.newest(tx, patient_id)
        after = before.with_alert_of(alert)
        if after is not before:
            await self.add(tx, patient_id, after, now)

    async def default(self, tx: Transaction, therapist_id: str) -> SettingVersion:
        """Return what this therapist's new patients begin with."""
        mine = default_settings.c.therapist_id == therapist_id
        query = select(default_settings).where(mine)
        newest = query.order_by(default_settings.c.version.desc()).limit(1)
        row = (await tx.execute(newest)).one_or_none()
        return (
            FIRST
            if row is None
            else self._to_version(row, _default_place(therapist_id, row.version))
        )

    async def add_default(
        self, tx: Transaction, therapist_id: str, setting: SettingVersion, now: datetime
    ) -> None:
        place = _default_place(therapist_id, setting.version)
        row = {"therapist_id": therapist_id, **self._columns(setting, place, now)}
        await tx.execute(insert(default_settings).values(row))

    async def add(
        self, tx: Transaction, patient_id: str, setting: SettingVersion, now: datetime
    ) -> None:
        await tx.execute(insert(settings).values(self._row(patient_id, setting, now)))

    async def newest(self, tx: Transaction, patient_id: str) -> SettingVersion:
        mine = settings.c.patient_id == patient_id
        query = select(settings).where(mine).order_by(settings.c.version.desc()).limit(1)
        row = (await tx.execute(query)).one()
        return self._to_version(row, _place(row.patient_id, row.version))

    async def versions(
        self, tx: Transaction, wanted: set[tuple[str, int]]
    ) -> dict[tuple[str, int], SettingVersion]:
        """Return these versions, by patient and version."""
        # SQLite finds no index for a list of pairs; two lists give a few versions too many.
        query = select(settings).where(
            settings.c.patient_id.in_({patient_id for patient_id, _ in wanted}),
            settings.c.version.in_({version for _, version in wanted}),
        )
        found = {
            (row.patient_id, row.version): self._to_version(
                row, _place(row.patient_id, row.version)
            )
            for row in await tx.execute(query)
        }
        return {pair: found[pair] for pair in wanted if pair in found}

    def _row(self, patient_id: str, setting: SettingVersion, now: datetime) -> dict[str, Any]:
        place = _place(patient_id, setting.version)
        return {"patient_id": patient_id, **self._columns(setting, place, now)}

    def _columns(self, setting: SettingVersion, place: Place, now: datetime) -> dict[str, Any]:
        text = setting.alert_text
        return {
            "version": setting.version,
            "self_view": setting.self_view,
            "clock": setting.clock,
            "screen": setting.screen,
            "created_at": now,
            "notify_email": setting.notify_email,
            "notify_sms": setting.notify_sms,
            "alert_text": None if text is None else self._vault.seal(text, place),
        }

    def _to_version(self, row: Row[Any], place: Place) -> SettingVersion:
        text = row.alert_text
        return SettingVersion(
            version=row.version,
            self_view=row.self_view,
            clock=row.clock,
            screen=row.screen,
            notify_email=row.notify_email,
            notify_sms=row.notify_sms,
            alert_text=None if text is None else self._vault.open(text, place),
        )


def _place(patient_id: str, version: int) -> Place:
    return Place("settings", "alert_text", f"{patient_id}/{version}")


def _default_place(therapist_id: str, version: int) -> Place:
    return Place("default_settings", "alert_text", f"{therapist_id}|{version}")
