"""Who has registered and not confirmed yet, in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from control.auth.model import CONFIRM_WITHIN, PendingTherapist, Therapist, normalise_email
from control.auth.store import pending_therapists
from control.data.database import Transaction
from control.data.encryption import Place, Sealed, Vault

AT_ONCE = 50  # of those who registered, a turn


class PendingStore:
    """Reads and writes its table within the caller's transaction."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def add(self, tx: Transaction, pending: PendingTherapist, now: datetime) -> None:
        person = pending.person
        row = {
            "id": person.id,
            "email": self._seal(person.email, "email", person.id),
            "email_index": self._index(normalise_email(person.email)),
            "name": self._seal(person.name, "name", person.id),
            "language": person.language,
            "password_hash": pending.password_hash,
            "asked_at": now,
        }
        await tx.execute(insert(pending_therapists).values(row))

    async def asked(self, tx: Transaction) -> list[str]:
        """Return the ids of those who have no letter yet, oldest first."""
        pending = pending_therapists.c
        query = select(pending.id).where(pending.token_hash.is_(None)).order_by(pending.asked_at)
        return list(await tx.scalars(query.limit(AT_ONCE)))

    async def hold_asked(self, tx: Transaction, pending_id: str) -> PendingTherapist | None:
        """Return one without letter, which stays so until the transaction ends; None for none."""
        pending = pending_therapists.c
        query = select(pending_therapists).where(
            pending.id == pending_id, pending.token_hash.is_(None)
        )
        row = (await tx.execute(query.with_for_update())).one_or_none()
        return None if row is None else self._to_pending(row)

    async def letters(
        self, tx: Transaction, email: str, now: datetime
    ) -> tuple[int, datetime | None]:
        """Return how many links to this normalised address are good, and when the last was made."""
        pending = pending_therapists.c
        query = select(func.count(), func.max(pending.expires_at)).where(
            pending.email_index == self._index(email), pending.expires_at > now
        )
        count, newest = (await tx.execute(query)).one()
        return count, None if newest is None else newest - CONFIRM_WITHIN

    async def set_token(
        self, tx: Transaction, pending_id: str, token_hash: bytes, expires_at: datetime
    ) -> None:
        query = update(pending_therapists).where(pending_therapists.c.id == pending_id)
        await tx.execute(query.values(token_hash=token_hash, expires_at=expires_at))

    async def by_token(
        self, tx: Transaction, token_hash: bytes, now: datetime
    ) -> PendingTherapist | None:
        query = select(pending_therapists).where(_is_good(token_hash, now))
        row = (await tx.execute(query)).one_or_none()
        return None if row is None else self._to_pending(row)

    async def use(self, tx: Transaction, token_hash: bytes, now: datetime) -> bool:
        """Use the token up; False when it is not good, or not any more."""
        query = delete(pending_therapists).where(_is_good(token_hash, now))
        return (await tx.execute(query)).rowcount == 1

    async def drop(self, tx: Transaction, pending_id: str) -> None:
        await tx.execute(delete(pending_therapists).where(pending_therapists.c.id == pending_id))

    async def drop_all(self, tx: Transaction, email: str) -> None:
        """Delete all that wait for this normalised address."""
        index = self._index(email)
        await tx.execute(
            delete(pending_therapists).where(pending_therapists.c.email_index == index)
        )

    async def sweep(self, tx: Transaction, now: datetime) -> None:
        """Delete those whose link has expired, and those who never got one."""
        pending = pending_therapists.c
        old = and_(pending.token_hash.is_(None), pending.asked_at <= now - CONFIRM_WITHIN)
        await tx.execute(delete(pending_therapists).where(or_(pending.expires_at <= now, old)))

    def _index(self, email: str) -> bytes:
        return self._vault.blind_index(email, "pending_therapists.email")

    def _seal(self, text: str, column: str, row_id: str) -> Sealed:
        return self._vault.seal(text, _place(column, row_id))

    def _to_pending(self, row: Row[Any]) -> PendingTherapist:
        person = Therapist(
            id=row.id,
            email=self._vault.open(row.email, _place("email", row.id)),
            name=self._vault.open(row.name, _place("name", row.id)),
            language=row.language,
        )
        return PendingTherapist(person, row.password_hash)


def _place(column: str, row_id: str) -> Place:
    return Place("pending_therapists", column, row_id)


def _is_good(token_hash: bytes, now: datetime) -> ColumnElement[bool]:
    pending = pending_therapists.c
    return and_(pending.token_hash == token_hash, pending.expires_at > now)
