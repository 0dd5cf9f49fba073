"""First consultations in the database; what the therapist wrote is sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Row, Table, delete, func, insert, select, update

from control.consultations.model import Consultation
from control.data.database import Transaction, UtcDateTime, metadata
from control.data.encryption import EncryptedText, Place, Sealed, Vault
from control.errors import NotFound

consultations = Table(
    "consultations",
    metadata,
    Column("id", ForeignKey("patients.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "therapist_id",
        ForeignKey("therapists.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("note", EncryptedText),
    Column("message", EncryptedText),
    Column("created_at", UtcDateTime, nullable=False),
    Column("deferred_at", UtcDateTime),
)


class ConsultationStore:
    """Reads and writes first consultations within the caller's transaction."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def add(self, tx: Transaction, one: Consultation) -> None:
        row = {"id": one.id, "therapist_id": one.therapist_id, "created_at": one.created_at}
        await tx.execute(insert(consultations).values(row | self._sealed(one)))

    async def change(self, tx: Transaction, one: Consultation) -> None:
        query = update(consultations).where(consultations.c.id == one.id)
        await tx.execute(query.values(self._sealed(one) | {"deferred_at": one.deferred_at}))

    async def owned(self, tx: Transaction, therapist_id: str, one_id: str) -> Consultation:
        """Return it, or raise `NotFound` (no_consultation) for none and another's alike."""
        mine = consultations.c.therapist_id == therapist_id
        query = select(consultations).where(consultations.c.id == one_id, mine)
        row = (await tx.execute(query)).one_or_none()
        if row is None:
            raise no_consultation()
        return self._to_consultation(row)

    async def of_therapist(self, tx: Transaction, therapist_id: str) -> list[Consultation]:
        """Return all of a therapist's, newest first."""
        mine = consultations.c.therapist_id == therapist_id
        query = select(consultations).where(mine)
        query = query.order_by(consultations.c.created_at.desc(), consultations.c.id)
        return [self._to_consultation(row) for row in await tx.execute(query)]

    async def count(self, tx: Transaction, therapist_id: str) -> int:
        mine = consultations.c.therapist_id == therapist_id
        found: int | None = await tx.scalar(
            select(func.count()).select_from(consultations).where(mine)
        )
        return found or 0

    async def begun_before(self, tx: Transaction, moment: datetime) -> list[Consultation]:
        """Return everybody's that were begun before this instant."""
        query = select(consultations).where(consultations.c.created_at < moment)
        return [self._to_consultation(row) for row in await tx.execute(query)]

    async def remove(self, tx: Transaction, one_id: str) -> None:
        """Forget what was written; the guest is a patient from now on."""
        await tx.execute(delete(consultations).where(consultations.c.id == one_id))

    def _sealed(self, one: Consultation) -> dict[str, Sealed | None]:
        return {
            column: self._vault.seal(text, _place(column, one.id)) if text else None
            for column, text in (("note", one.note), ("message", one.message))
        }

    def _to_consultation(self, row: Row[Any]) -> Consultation:
        return Consultation(
            id=row.id,
            therapist_id=row.therapist_id,
            created_at=row.created_at,
            note=self._open(row.note, "note", row.id),
            message=self._open(row.message, "message", row.id),
            deferred_at=row.deferred_at,
        )

    def _open(self, sealed: Sealed | None, column: str, row_id: str) -> str:
        return "" if sealed is None else self._vault.open(sealed, _place(column, row_id))


def no_consultation() -> NotFound:
    return NotFound("no_consultation", "There is no such first consultation.")


def _place(column: str, row_id: str) -> Place:
    return Place("consultations", column, row_id)
