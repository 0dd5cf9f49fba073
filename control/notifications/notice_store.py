"""What therapists want to be told themselves, in the database."""

from __future__ import annotations

from datetime import time
from typing import Any

from sqlalchemy import Row, insert, select, update

from control.data.database import Transaction
from control.data.encryption import Place, Vault
from control.notifications.hours import QuietHours
from control.notifications.notices import NONE, Notices
from control.notifications.store import notices


class NoticeStore:
    """Reads and writes wishes within the caller's transaction."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def of(self, tx: Transaction, therapist_id: str) -> Notices:
        query = select(notices).where(notices.c.therapist_id == therapist_id)
        row = (await tx.execute(query)).one_or_none()
        return NONE if row is None else self._to_notices(row)

    async def put(self, tx: Transaction, therapist_id: str, wanted: Notices) -> None:
        """Write; an `IntegrityError` says that another wrote the first of them meanwhile."""
        phone, quiet = wanted.phone, wanted.quiet
        values = {
            "wait_minutes": wanted.wait_minutes,
            "email": wanted.email,
            "sms": wanted.sms,
            "phone": None if phone is None else self._vault.seal(phone, _place(therapist_id)),
            "quiet_begin": None if quiet is None else f"{quiet.begin:%H:%M}",
            "quiet_end": None if quiet is None else f"{quiet.end:%H:%M}",
            "zone": wanted.zone,
        }
        mine = notices.c.therapist_id == therapist_id
        if (await tx.execute(update(notices).where(mine).values(values))).rowcount == 0:
            await tx.execute(insert(notices).values(values | {"therapist_id": therapist_id}))

    async def who_want_to_know_of_waits(self, tx: Transaction) -> dict[str, Notices]:
        """Return the wishes of those who want to hear that somebody waits, by therapist."""
        asked = notices.c.wait_minutes.is_not(None) & (notices.c.email | notices.c.sms)
        rows = await tx.execute(select(notices).where(asked))
        return {row.therapist_id: self._to_notices(row) for row in rows}

    def _to_notices(self, row: Row[Any]) -> Notices:
        quiet = None
        if row.quiet_begin is not None:
            quiet = QuietHours(
                time.fromisoformat(row.quiet_begin), time.fromisoformat(row.quiet_end)
            )
        phone = row.phone
        return Notices(
            wait_minutes=row.wait_minutes,
            email=row.email,
            sms=row.sms,
            phone=None if phone is None else self._vault.open(phone, _place(row.therapist_id)),
            quiet=quiet,
            zone=row.zone,
        )


def _place(therapist_id: str) -> Place:
    return Place("notices", "phone", therapist_id)
