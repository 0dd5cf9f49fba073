"""Invitations in the database: one row per patient, the hash of its present token."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    false,
    insert,
    select,
    update,
)

from control.data.database import LostRace, Transaction, UtcDateTime, metadata
from control.invitations.model import Invitation

invitations = Table(
    "invitations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column(
        "patient_id", ForeignKey("patients.id", ondelete="CASCADE"), nullable=False, unique=True
    ),
    Column("generation", Integer, nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("is_one_time", Boolean, nullable=False, server_default=false()),
    Column("claimed_at", UtcDateTime),
    Column("held_by", LargeBinary(32)),
)


class InvitationStore:
    """Reads and writes invitations within the caller's transaction."""

    async def add(self, tx: Transaction, invitation: Invitation, token_hash: bytes) -> None:
        await self.add_all(tx, [(invitation, token_hash)])

    async def add_all(self, tx: Transaction, links: list[tuple[Invitation, bytes]]) -> None:
        """Insert links, each with the hash of its token."""
        rows = [
            {
                "id": invitation.id,
                "patient_id": invitation.patient_id,
                "generation": invitation.generation,
                "token_hash": token_hash,
                "created_at": invitation.created_at,
                "expires_at": invitation.expires_at,
                "is_one_time": invitation.is_one_time,
            }
            for invitation, token_hash in links
        ]
        await tx.execute(insert(invitations), rows)

    async def replace(
        self, tx: Transaction, old: Invitation, invitation: Invitation, token_hash: bytes
    ) -> None:
        """Write the next generation, or raise `LostRace` when another has been written."""
        query = update(invitations).where(
            invitations.c.id == old.id, invitations.c.generation == old.generation
        )
        written = await tx.execute(
            query.values(
                generation=invitation.generation,
                token_hash=token_hash,
                created_at=invitation.created_at,
                expires_at=invitation.expires_at,
                revoked_at=None,
                is_one_time=invitation.is_one_time,
                claimed_at=None,
                held_by=None,
            )
        )
        if written.rowcount != 1:
            raise LostRace

    async def claim(
        self, tx: Transaction, invitation: Invitation, held_by: bytes, now: datetime
    ) -> None:
        """Write which device holds a one-time link, or raise `LostRace`: another was faster."""
        query = update(invitations).where(
            invitations.c.id == invitation.id,
            invitations.c.generation == invitation.generation,
            invitations.c.held_by.is_(None),
            invitations.c.revoked_at.is_(None),
        )
        written = await tx.execute(query.values(held_by=held_by, claimed_at=now))
        if written.rowcount != 1:
            raise LostRace

    async def revoke(self, tx: Transaction, patient_id: str, now: datetime) -> None:
        mine = invitations.c.patient_id == patient_id
        standing = invitations.c.revoked_at.is_(None)
        await tx.execute(update(invitations).where(mine, standing).values(revoked_at=now))

    async def of_patient(self, tx: Transaction, patient_id: str) -> Invitation:
        query = select(invitations).where(invitations.c.patient_id == patient_id)
        return _to_invitation((await tx.execute(query)).one())

    async def of_patients(self, tx: Transaction, ids: list[str]) -> dict[str, Invitation]:
        rows = await tx.execute(select(invitations).where(invitations.c.patient_id.in_(ids)))
        return {row.patient_id: _to_invitation(row) for row in rows}

    async def by_token_hash(
        self, tx: Transaction, token_hash: bytes, *, hold: bool = False
    ) -> Invitation | None:
        query = select(invitations).where(invitations.c.token_hash == token_hash)
        if hold:
            query = query.with_for_update()
        row = (await tx.execute(query)).one_or_none()
        return None if row is None else _to_invitation(row)


def _to_invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        id=row.id,
        patient_id=row.patient_id,
        generation=row.generation,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        is_one_time=row.is_one_time,
        claimed_at=row.claimed_at,
        held_by=row.held_by,
    )
