"""Visits in the database; a unique partial index keeps it to one device per patient."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Row,
    String,
    Table,
    and_,
    delete,
    insert,
    or_,
    select,
    text,
    update,
)

from control.data.database import Transaction, UtcDateTime, metadata
from control.visits.model import VisitFacts

visits = Table(
    "visits",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("patient_id", ForeignKey("patients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="SET NULL")),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
)
ONE_DEVICE = Index(
    "one_device_per_patient",
    visits.c.patient_id,
    unique=True,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)


class VisitStore:
    """Reads and writes visits within the caller's transaction."""

    async def add(self, tx: Transaction, visit: VisitFacts) -> None:
        """Insert; an `IntegrityError` says that another device was let in meanwhile."""
        row = {
            "id": visit.id,
            "patient_id": visit.patient_id,
            "session_id": visit.session_id,
            "token_hash": visit.token_hash,
            "created_at": visit.created_at,
            "last_seen_at": visit.last_seen_at,
        }
        await tx.execute(insert(visits).values(row))

    async def by_token_hash(
        self, tx: Transaction, token_hash: bytes, *, hold: bool = False
    ) -> VisitFacts | None:
        query = select(visits).where(visits.c.token_hash == token_hash, _STANDS)
        if hold:
            query = query.with_for_update()
        row = (await tx.execute(query)).one_or_none()
        return None if row is None else _to_visit(row)

    async def of_patient(self, tx: Transaction, patient_id: str) -> VisitFacts | None:
        mine = visits.c.patient_id == patient_id
        row = (await tx.execute(select(visits).where(mine, _STANDS))).one_or_none()
        return None if row is None else _to_visit(row)

    async def left(self, tx: Transaction, patient_ids: set[str]) -> dict[str, datetime]:
        """Return when patients whose visit stands said goodbye."""
        theirs = visits.c.patient_id.in_(patient_ids)
        query = select(visits.c.patient_id, visits.c.left_at).where(
            theirs, _STANDS, visits.c.left_at.is_not(None)
        )
        return {row.patient_id: row.left_at for row in await tx.execute(query)}

    async def join(self, tx: Transaction, visit_id: str, session_id: str, now: datetime) -> None:
        query = update(visits).where(visits.c.id == visit_id)
        await tx.execute(query.values(session_id=session_id, last_seen_at=now))

    async def start_anew(self, tx: Transaction, visit_id: str, now: datetime) -> None:
        """The link was opened again on the same device after the end."""
        query = update(visits).where(visits.c.id == visit_id)
        await tx.execute(
            query.values(session_id=None, left_at=None, created_at=now, last_seen_at=now)
        )

    async def touch(self, tx: Transaction, visit_id: str, now: datetime) -> None:
        await tx.execute(update(visits).where(visits.c.id == visit_id).values(last_seen_at=now))

    async def leave(self, tx: Transaction, visit_id: str, now: datetime) -> None:
        await tx.execute(update(visits).where(visits.c.id == visit_id).values(left_at=now))

    async def end_of_patient(self, tx: Transaction, patient_id: str, now: datetime) -> None:
        mine = visits.c.patient_id == patient_id
        await tx.execute(update(visits).where(mine, _STANDS).values(ended_at=now))

    async def sweep(self, tx: Transaction, before: datetime) -> None:
        """Delete what ended before this instant, and what was let in before it and never came."""
        ended = visits.c.ended_at <= before
        unused = and_(_STANDS, visits.c.session_id.is_(None), visits.c.created_at <= before)
        await tx.execute(delete(visits).where(or_(ended, unused)))


_STANDS = visits.c.ended_at.is_(None)


def _to_visit(row: Row[Any]) -> VisitFacts:
    return VisitFacts(
        id=row.id,
        patient_id=row.patient_id,
        token_hash=row.token_hash,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        session_id=row.session_id,
        left_at=row.left_at,
    )
