"""Every version of every patient's setting."""

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


class SettingStore:
    """Reads and adds versions within the caller's transaction."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def add_first(self, tx: Transaction, patient_id: str, now: datetime) -> None:
        await self.add(tx, patient_id, FIRST, now)

    async def add_all_first(self, tx: Transaction, ids: list[str], now: datetime) -> None:
        await tx.execute(insert(settings), [self._row(one, FIRST, now) for one in ids])

    async def add(
        self, tx: Transaction, patient_id: str, setting: SettingVersion, now: datetime
    ) -> None:
        await tx.execute(insert(settings).values(self._row(patient_id, setting, now)))

    async def newest(self, tx: Transaction, patient_id: str) -> SettingVersion:
        mine = settings.c.patient_id == patient_id
        query = select(settings).where(mine).order_by(settings.c.version.desc()).limit(1)
        row = (await tx.execute(query)).one()
        return self._to_version(row)

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
            (row.patient_id, row.version): self._to_version(row) for row in await tx.execute(query)
        }
        return {pair: found[pair] for pair in wanted if pair in found}

    def _row(self, patient_id: str, setting: SettingVersion, now: datetime) -> dict[str, Any]:
        text, place = setting.alert_text, _place(patient_id, setting.version)
        return {
            "patient_id": patient_id,
            "version": setting.version,
            "self_view": setting.self_view,
            "clock": setting.clock,
            "screen": setting.screen,
            "created_at": now,
            "notify_email": setting.notify_email,
            "notify_sms": setting.notify_sms,
            "alert_text": None if text is None else self._vault.seal(text, place),
        }

    def _to_version(self, row: Row[Any]) -> SettingVersion:
        text, place = row.alert_text, _place(row.patient_id, row.version)
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
