"""Therapists and their logins in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    LargeBinary,
    Row,
    String,
    Table,
    and_,
    delete,
    false,
    insert,
    or_,
    select,
    update,
)

from control.auth.model import IDLE, LONGEST, InvitedTherapist, Login, Therapist
from control.data.database import Transaction, UtcDateTime, metadata
from control.data.encryption import EncryptedBytes, EncryptedText, Place, Sealed, Vault

AT_ONCE = 50  # of what was asked, a turn

therapists = Table(
    "therapists",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("email", EncryptedText, nullable=False),
    Column("email_index", LargeBinary(32), nullable=False, unique=True),
    Column("name", EncryptedText, nullable=False),
    Column("language", String(8), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("gender", String(8)),
    Column("picture", String(16)),
    Column("is_canary", Boolean, nullable=False, server_default=false()),
)

therapist_pictures = Table(
    "therapist_pictures",
    metadata,
    Column("therapist_id", ForeignKey("therapists.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("content", EncryptedBytes, nullable=False),
)

logins = Table(
    "logins",
    metadata,
    Column("id", String(32), primary_key=True),
    Column(
        "therapist_id", ForeignKey("therapists.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime, nullable=False),
    Column("browser", String(40)),
)

invited_therapists = Table(
    "invited_therapists",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("email_index", LargeBinary(32)),
    Column("expires_at", UtcDateTime, nullable=False),
)

pending_therapists = Table(
    "pending_therapists",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("email", EncryptedText, nullable=False),
    Column("email_index", LargeBinary(32), nullable=False, index=True),
    Column("name", EncryptedText, nullable=False),
    Column("language", String(8), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("token_hash", LargeBinary(32), unique=True),
    Column("expires_at", UtcDateTime),
)
"""Without token: its letter is not written yet."""

password_resets = Table(
    "password_resets",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column(
        "therapist_id", ForeignKey("therapists.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("expires_at", UtcDateTime, nullable=False),
)

email_changes = Table(
    "email_changes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column(
        "therapist_id", ForeignKey("therapists.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("email", EncryptedText, nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("expires_at", UtcDateTime, nullable=False),
)

asked_resets = Table(
    "asked_resets",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("email_index", LargeBinary(32), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
)

operators = Table(
    "operators",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("email", EncryptedText, nullable=False),
    Column("email_index", LargeBinary(32), nullable=False, unique=True),
    Column("language", String(8), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

operator_logins = Table(
    "operator_logins",
    metadata,
    Column("id", String(32), primary_key=True),
    Column(
        "operator_id", ForeignKey("operators.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime, nullable=False),
)


class AuthStore:
    """Reads and writes its tables within the caller's transaction."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def add_therapist(
        self, tx: Transaction, therapist: Therapist, index: str, password_hash: str, now: datetime
    ) -> None:
        """Insert; an `IntegrityError` says that the e-mail is taken."""
        row = {
            "id": therapist.id,
            "email": self._vault.seal(therapist.email, _place("email", therapist.id)),
            "email_index": self._email_index(index),
            "name": self._vault.seal(therapist.name, _place("name", therapist.id)),
            "language": therapist.language,
            "password_hash": password_hash,
            "created_at": now,
            "is_canary": therapist.is_canary,
        }
        await tx.execute(insert(therapists).values(row))

    async def canary_ids(self, tx: Transaction) -> set[str]:
        """Return the accounts whose visits are synthetic."""
        return set(await tx.scalars(select(therapists.c.id).where(therapists.c.is_canary)))

    async def therapist(self, tx: Transaction, therapist_id: str) -> Therapist | None:
        query = select(therapists).where(therapists.c.id == therapist_id)
        row = (await tx.execute(query)).one_or_none()
        return None if row is None else self._to_therapist(row)

    async def find_by_email(self, tx: Transaction, index: str) -> tuple[Therapist, str] | None:
        """Return the therapist of a normalised e-mail with the password's hash."""
        query = select(therapists).where(therapists.c.email_index == self._email_index(index))
        row = (await tx.execute(query)).one_or_none()
        return None if row is None else (self._to_therapist(row), row.password_hash)

    async def change_profile(self, tx: Transaction, person: Therapist) -> None:
        """Write name, gender and language."""
        query = update(therapists).where(therapists.c.id == person.id)
        await tx.execute(
            query.values(
                name=self._vault.seal(person.name, _place("name", person.id)),
                gender=person.gender,
                language=person.language,
            )
        )

    async def hold_password_hash(self, tx: Transaction, therapist_id: str) -> str | None:
        """Return the hash, which stays until the transaction ends; None for no such account."""
        query = select(therapists.c.password_hash).where(therapists.c.id == therapist_id)
        found: str | None = await tx.scalar(query.with_for_update())
        return found

    async def set_password(self, tx: Transaction, therapist_id: str, password_hash: str) -> None:
        query = update(therapists).where(therapists.c.id == therapist_id)
        await tx.execute(query.values(password_hash=password_hash))

    async def set_email(self, tx: Transaction, therapist_id: str, email: str, index: str) -> None:
        """Write another address; an `IntegrityError` says that it is taken."""
        sealed = self._vault.seal(email, _place("email", therapist_id))
        query = update(therapists).where(therapists.c.id == therapist_id)
        await tx.execute(query.values(email=sealed, email_index=self._email_index(index)))

    async def erase(self, tx: Transaction, therapist_id: str) -> None:
        """Delete the account and, by the foreign keys, everything that belongs to it."""
        await tx.execute(delete(therapists).where(therapists.c.id == therapist_id))

    async def add_login(self, tx: Transaction, login: Login, token_hash: bytes) -> None:
        row = {
            "id": login.id,
            "therapist_id": login.therapist_id,
            "token_hash": token_hash,
            "created_at": login.created_at,
            "last_used_at": login.last_used_at,
            "browser": login.browser,
        }
        await tx.execute(insert(logins).values(row))

    async def login(
        self, tx: Transaction, token_hash: bytes, *, hold: bool = False
    ) -> Login | None:
        query = select(logins).where(logins.c.token_hash == token_hash)
        if hold:
            query = query.with_for_update()
        row = (await tx.execute(query)).one_or_none()
        return None if row is None else _to_login(row)

    async def touch_login(self, tx: Transaction, login_id: str, now: datetime) -> None:
        query = update(logins).where(logins.c.id == login_id)
        await tx.execute(query.values(last_used_at=now))

    async def logins_of(self, tx: Transaction, therapist_id: str) -> list[Login]:
        mine = logins.c.therapist_id == therapist_id
        rows = await tx.execute(select(logins).where(mine).order_by(logins.c.created_at.desc()))
        return [_to_login(row) for row in rows]

    async def delete_login(self, tx: Transaction, login_id: str) -> None:
        await tx.execute(delete(logins).where(logins.c.id == login_id))

    async def end_logins(
        self, tx: Transaction, therapist_id: str, *, but: str | None = None
    ) -> list[str]:
        """Delete every login of a therapist but one; return the ids of those that were there."""
        ended = [one.id for one in await self.logins_of(tx, therapist_id) if one.id != but]
        await tx.execute(delete(logins).where(logins.c.id.in_(ended)))
        return ended

    async def login_ids(self, tx: Transaction, therapist_ids: set[str]) -> dict[str, set[str]]:
        """Return the logins of these therapists that have not ended."""
        found: dict[str, set[str]] = {therapist_id: set() for therapist_id in therapist_ids}
        columns = select(logins.c.therapist_id, logins.c.id)
        for row in await tx.execute(columns.where(logins.c.therapist_id.in_(therapist_ids))):
            found[row.therapist_id].add(row.id)
        return found

    async def logins_by_id(self, tx: Transaction, ids: list[str]) -> list[Login]:
        rows = await tx.execute(select(logins).where(logins.c.id.in_(ids)))
        return [_to_login(row) for row in rows]

    async def sweep_logins(self, tx: Transaction, *, keep: list[str], now: datetime) -> None:
        """Delete logins that have idled out, and those beyond the longest time but `keep`."""
        idle = logins.c.last_used_at <= now - IDLE
        old = and_(logins.c.created_at <= now - LONGEST, logins.c.id.not_in(keep))
        await tx.execute(delete(logins).where(or_(idle, old)))

    async def invite(self, tx: Transaction, invited: InvitedTherapist) -> None:
        email = invited.email
        row = {
            "token_hash": invited.token_hash,
            "email_index": None if email is None else self._email_index(email),
            "expires_at": invited.expires_at,
        }
        await tx.execute(insert(invited_therapists).values(row))

    async def is_invited(
        self, tx: Transaction, token_hash: bytes, email: str, now: datetime
    ) -> bool:
        """Tell whether this token is good, for this normalised e-mail."""
        query = select(invited_therapists.c.token_hash).where(
            *self._good_for(token_hash, email, now)
        )
        return (await tx.execute(query)).one_or_none() is not None

    async def use_invitation(
        self, tx: Transaction, token_hash: bytes, email: str, now: datetime
    ) -> bool:
        """Use the token up; False when it is not good, or not any more."""
        query = delete(invited_therapists).where(*self._good_for(token_hash, email, now))
        return (await tx.execute(query)).rowcount == 1

    async def sweep_invited(self, tx: Transaction, now: datetime) -> None:
        await tx.execute(delete(invited_therapists).where(invited_therapists.c.expires_at <= now))

    async def ask_reset(self, tx: Transaction, ask_id: str, email: str, now: datetime) -> None:
        row = {"id": ask_id, "email_index": self._email_index(email), "asked_at": now}
        await tx.execute(insert(asked_resets).values(row))

    async def asked_resets(self, tx: Transaction) -> list[str]:
        """Return the ids of what was asked, oldest first."""
        query = select(asked_resets.c.id).order_by(asked_resets.c.asked_at)
        return list(await tx.scalars(query.limit(AT_ONCE)))

    async def take_asked(self, tx: Transaction, ask_id: str) -> bytes | None:
        """Take one away and return the index of its address; None when another has taken it."""
        query = delete(asked_resets).where(asked_resets.c.id == ask_id)
        found: bytes | None = await tx.scalar(query.returning(asked_resets.c.email_index))
        return found

    async def by_index(self, tx: Transaction, index: bytes) -> Therapist | None:
        query = select(therapists).where(therapists.c.email_index == index)
        row = (await tx.execute(query)).one_or_none()
        return None if row is None else self._to_therapist(row)

    async def add_reset(
        self, tx: Transaction, token_hash: bytes, therapist_id: str, expires_at: datetime
    ) -> None:
        row = {"token_hash": token_hash, "therapist_id": therapist_id, "expires_at": expires_at}
        await tx.execute(insert(password_resets).values(row))

    async def reset_of(self, tx: Transaction, token_hash: bytes, now: datetime) -> str | None:
        """Return whose link this is, while it is good."""
        resets = password_resets.c
        query = select(resets.therapist_id).where(
            resets.token_hash == token_hash, resets.expires_at > now
        )
        found: str | None = await tx.scalar(query)
        return found

    async def newest_reset(self, tx: Transaction, therapist_id: str) -> datetime | None:
        """Return when the newest link of this account expires."""
        resets = password_resets.c
        query = select(resets.expires_at).where(resets.therapist_id == therapist_id)
        found: datetime | None = await tx.scalar(query.order_by(resets.expires_at.desc()).limit(1))
        return found

    async def drop_links(self, tx: Transaction, therapist_id: str) -> None:
        """Void all links of this account: to a new password, and to a new address."""
        for table in (password_resets, email_changes):
            await tx.execute(delete(table).where(table.c.therapist_id == therapist_id))

    async def sweep_resets(self, tx: Transaction, now: datetime) -> None:
        await tx.execute(delete(password_resets).where(password_resets.c.expires_at <= now))

    def _good_for(
        self, token_hash: bytes, email: str, now: datetime
    ) -> tuple[ColumnElement[bool], ...]:
        wanted = invited_therapists.c.email_index
        return (
            invited_therapists.c.token_hash == token_hash,
            invited_therapists.c.expires_at > now,
            or_(wanted.is_(None), wanted == self._email_index(email)),
        )

    def _email_index(self, email: str) -> bytes:
        return self._vault.blind_index(email, "therapists.email")

    def _to_therapist(self, row: Row[Any]) -> Therapist:
        return Therapist(
            id=row.id,
            email=self._open(row.email, "email", row.id),
            name=self._open(row.name, "name", row.id),
            language=row.language,
            gender=row.gender,
            picture=row.picture,
            is_canary=row.is_canary,
        )

    def _open(self, sealed: Sealed, column: str, row_id: str) -> str:
        return self._vault.open(sealed, _place(column, row_id))


def _place(column: str, row_id: str) -> Place:
    return Place("therapists", column, row_id)


def _to_login(row: Row[Any]) -> Login:
    return Login(row.id, row.therapist_id, row.created_at, row.last_used_at, row.browser or "")
