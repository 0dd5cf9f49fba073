"""Summaries of lines in the database: erased with the patient, and after 90 days."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Integer,
    String,
    Table,
    UniqueConstraint,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from control.data.database import Transaction, UtcDateTime, metadata
from control.lines.model import LastCheck, LineChange, LineState, LineSummary, Source
from sfu.messages import Cause, Level, Role

line_checks = Table(
    "line_checks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("patient_id", ForeignKey("patients.id", ondelete="CASCADE"), nullable=False),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), index=True),
    Column("role", String(16), nullable=False),
    Column("source", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("level", String(16), nullable=False),
    Column("cause", String(16), nullable=False),
    Column("rtt_ms", Float),
    Column("loss_up", Float),
    Column("loss_down", Float),
    Column("variation_ms", Float),
    Column("capacity_up_bps", Integer),
    Column("capacity_down_bps", Integer),
    UniqueConstraint("patient_id", "role", "source", "at", name="line_checks_once"),
)


line_changes = Table(
    "line_changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("cause", String(16), nullable=False),
)


class LineStore:
    """Keeps and finds summaries."""

    async def add(self, tx: Transaction, summary: LineSummary) -> None:
        """Keep one; an `IntegrityError` of the caller's transaction says that it is kept."""
        await tx.execute(insert(line_checks).values(**asdict(summary)))

    async def put_check(self, tx: Transaction, summary: LineSummary) -> None:
        """Keep a check, in place of earlier ones of this side of a session: a long wait has many.

        A test belongs to no session, and takes nothing's place.
        """
        earlier = and_(
            line_checks.c.session_id == summary.session_id,
            line_checks.c.role == summary.role,
            line_checks.c.source == summary.source,
            line_checks.c.at < summary.at,
        )
        await tx.execute(delete(line_checks).where(earlier))
        await self.add(tx, summary)

    async def has(self, tx: Transaction, summary: LineSummary) -> bool:
        query = select(line_checks.c.id).where(
            line_checks.c.patient_id == summary.patient_id,
            line_checks.c.role == summary.role,
            line_checks.c.source == summary.source,
            line_checks.c.at == summary.at,
        )
        return (await tx.execute(query)).first() is not None

    async def put_session(self, tx: Transaction, summary: LineSummary, now: datetime) -> None:
        """Keep what a session's line was like, in one row for each side.

        One of an earlier process goes once this one has looked for longer than that can have.
        """
        mine = and_(
            line_checks.c.session_id == summary.session_id,
            line_checks.c.role == summary.role,
            line_checks.c.source == Source.SESSION,
        )
        kept: datetime | None = await tx.scalar(select(line_checks.c.at).where(mine))
        if kept is None:
            await self.add(tx, summary)
        elif kept >= summary.at or now - summary.at > summary.at - kept:
            await tx.execute(update(line_checks).where(mine).values(**asdict(summary)))

    async def last_checks(self, tx: Transaction, ids: list[str]) -> dict[str, LastCheck]:
        """Return the newest check or test of each of these patients' own lines."""
        of_theirs = and_(
            line_checks.c.patient_id.in_(ids),
            line_checks.c.role == Role.PATIENT,
            line_checks.c.source.in_([Source.CHECK, Source.TEST]),
        )
        newest = (
            select(line_checks.c.patient_id, func.max(line_checks.c.at).label("at"))
            .where(of_theirs)
            .group_by(line_checks.c.patient_id)
            .subquery()
        )
        query = (
            select(line_checks.c.patient_id, line_checks.c.at, line_checks.c.level)
            .join(
                newest,
                and_(
                    line_checks.c.patient_id == newest.c.patient_id,
                    line_checks.c.at == newest.c.at,
                ),
            )
            .where(of_theirs)
        )
        rows = await tx.execute(query)
        return {row.patient_id: LastCheck(row.at, Level(row.level)) for row in rows}

    async def recent(
        self, tx: Transaction, patient_id: str, limit: int, *, but: str | None
    ) -> list[LineSummary]:
        """Return the newest summaries of the patient's own line.

        Args:
            but: A session whose own measurements are left out.
        """
        query = (
            select(*(line_checks.c[field.name] for field in fields(LineSummary)))
            .where(line_checks.c.patient_id == patient_id, line_checks.c.role == Role.PATIENT)
            .order_by(line_checks.c.at.desc())
            .limit(limit)
        )
        if but is not None:
            of_another = line_checks.c.session_id != but
            query = query.where(or_(line_checks.c.session_id.is_(None), of_another))
        rows = await tx.execute(query)
        return [_summary(dict(row._mapping)) for row in rows]

    async def sweep(self, tx: Transaction, before: datetime) -> None:
        """Drop what was measured before that instant."""
        await tx.execute(delete(line_checks).where(line_checks.c.at < before))

    async def add_change(
        self,
        tx: Transaction,
        session_id: str,
        role: Role,
        at: datetime,
        state: LineState,
        cause: Cause,
    ) -> None:
        row = {"session_id": session_id, "role": role, "at": at, "state": state, "cause": cause}
        await tx.execute(insert(line_changes).values(row))

    async def changes(self, tx: Transaction, session_id: str) -> list[LineChange]:
        """Return the changes of both lines of a session, oldest first."""
        query = (
            select(line_changes)
            .where(line_changes.c.session_id == session_id)
            .order_by(line_changes.c.at, line_changes.c.id)
        )
        return [
            LineChange(Role(row.role), row.at, LineState(row.state), Cause(row.cause))
            for row in await tx.execute(query)
        ]

    async def sweep_changes(self, tx: Transaction, before: datetime) -> None:
        """Drop what changed before that instant."""
        await tx.execute(delete(line_changes).where(line_changes.c.at < before))


def _summary(row: dict[str, Any]) -> LineSummary:
    row["role"], row["source"] = Role(row["role"]), Source(row["source"])
    row["level"], row["cause"] = Level(row["level"]), Cause(row["cause"])
    return LineSummary(**row)
