"""New e-mail addresses that wait to be confirmed, in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Row, and_, delete, insert, select

from control.auth.store import email_changes
from control.data.database import Transaction
from control.data.encryption import Place, Vault


@dataclass(frozen=True, slots=True)
class EmailChange:
    """An address that an account is to have."""

    therapist_id: str
    email: str
    expires_at: datetime


class EmailChangeStore:
    """Reads and writes its table within the caller's transaction.

    An account waits for one address, by as many links as were sent there.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def add(self, tx: Transaction, change: EmailChange, token_hash: bytes) -> None:
        change_id = uuid4().hex
        row = {
            "id": change_id,
            "therapist_id": change.therapist_id,
            "email": self._vault.seal(change.email, _place(change_id)),
            "token_hash": token_hash,
            "expires_at": change.expires_at,
        }
        await tx.execute(insert(email_changes).values(row))

    async def newest(self, tx: Transaction, therapist_id: str, now: datetime) -> EmailChange | None:
        """Return what this account waits for."""
        changes = email_changes.c
        query = select(email_changes).where(
            changes.therapist_id == therapist_id, changes.expires_at > now
        )
        row = (await tx.execute(query.order_by(changes.expires_at.desc()).limit(1))).one_or_none()
        return None if row is None else self._to_change(row)

    async def by_token(
        self, tx: Transaction, token_hash: bytes, now: datetime
    ) -> EmailChange | None:
        query = select(email_changes).where(_is_good(token_hash, now))
        row = (await tx.execute(query)).one_or_none()
        return None if row is None else self._to_change(row)

    async def drop(self, tx: Transaction, therapist_id: str) -> None:
        mine = email_changes.c.therapist_id == therapist_id
        await tx.execute(delete(email_changes).where(mine))

    async def sweep(self, tx: Transaction, now: datetime) -> None:
        await tx.execute(delete(email_changes).where(email_changes.c.expires_at <= now))

    def _to_change(self, row: Row[Any]) -> EmailChange:
        email = self._vault.open(row.email, _place(row.id))
        return EmailChange(row.therapist_id, email, row.expires_at)


def _place(row_id: str) -> Place:
    return Place("email_changes", "email", row_id)


def _is_good(token_hash: bytes, now: datetime) -> ColumnElement[bool]:
    changes = email_changes.c
    return and_(changes.token_hash == token_hash, changes.expires_at > now)
