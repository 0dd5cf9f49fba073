"""Operators and their logins in the database; nothing refers from them to anybody else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, or_, select, update

from control.auth.model import IDLE, LONGEST, Operator, OperatorLogin
from control.auth.store import operator_logins, operators
from control.data.database import Transaction
from control.data.encryption import Place, Vault


class OperatorStore:
    """Reads and writes its tables within the caller's transaction."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def add(
        self, tx: Transaction, operator: Operator, index: str, password_hash: str, now: datetime
    ) -> None:
        """Insert; an `IntegrityError` says that the e-mail is taken."""
        row = {
            "id": operator.id,
            "email": self._vault.seal(operator.email, _place(operator.id)),
            "email_index": self._index(index),
            "language": operator.language,
            "password_hash": password_hash,
            "created_at": now,
        }
        await tx.execute(insert(operators).values(row))

    async def find_by_email(self, tx: Transaction, index: str) -> tuple[Operator, str] | None:
        """Return the operator of a normalised e-mail with the password's hash."""
        query = select(operators).where(operators.c.email_index == self._index(index))
        row = (await tx.execute(query)).one_or_none()
        return None if row is None else (self._to_operator(row), row.password_hash)

    async def operator(self, tx: Transaction, operator_id: str) -> Operator | None:
        query = select(operators).where(operators.c.id == operator_id)
        row = (await tx.execute(query)).one_or_none()
        return None if row is None else self._to_operator(row)

    async def hold_password_hash(self, tx: Transaction, operator_id: str) -> str | None:
        """Return the hash, which stays until the transaction ends; None for no such account."""
        query = select(operators.c.password_hash).where(operators.c.id == operator_id)
        found: str | None = await tx.scalar(query.with_for_update())
        return found

    async def set_password(self, tx: Transaction, operator_id: str, password_hash: str) -> None:
        """Write another password; every login ends with the old one."""
        query = update(operators).where(operators.c.id == operator_id)
        await tx.execute(query.values(password_hash=password_hash))
        await tx.execute(
            delete(operator_logins).where(operator_logins.c.operator_id == operator_id)
        )

    async def remove(self, tx: Transaction, operator_id: str) -> None:
        """Delete the account and, by the foreign key, its logins."""
        await tx.execute(delete(operators).where(operators.c.id == operator_id))

    async def add_login(self, tx: Transaction, login: OperatorLogin, token_hash: bytes) -> None:
        row = {
            "id": login.id,
            "operator_id": login.operator_id,
            "token_hash": token_hash,
            "created_at": login.created_at,
            "last_used_at": login.last_used_at,
        }
        await tx.execute(insert(operator_logins).values(row))

    async def login(
        self, tx: Transaction, token_hash: bytes, *, hold: bool = False
    ) -> OperatorLogin | None:
        query = select(operator_logins).where(operator_logins.c.token_hash == token_hash)
        if hold:
            query = query.with_for_update()
        row = (await tx.execute(query)).one_or_none()
        if row is None:
            return None
        return OperatorLogin(row.id, row.operator_id, row.created_at, row.last_used_at)

    async def touch_login(self, tx: Transaction, token_hash: bytes, now: datetime) -> None:
        query = update(operator_logins).where(operator_logins.c.token_hash == token_hash)
        await tx.execute(query.values(last_used_at=now))

    async def delete_login(self, tx: Transaction, login_id: str) -> None:
        await tx.execute(delete(operator_logins).where(operator_logins.c.id == login_id))

    async def sweep_logins(self, tx: Transaction, now: datetime) -> None:
        """Delete the logins that are over."""
        idle = operator_logins.c.last_used_at <= now - IDLE
        old = operator_logins.c.created_at <= now - LONGEST
        await tx.execute(delete(operator_logins).where(or_(idle, old)))

    def _index(self, email: str) -> bytes:
        return self._vault.blind_index(email, "operators.email")

    def _to_operator(self, row: Row[Any]) -> Operator:
        return Operator(row.id, self._vault.open(row.email, _place(row.id)), row.language)


def _place(row_id: str) -> Place:
    return Place("operators", "email", row_id)
