"""Sessions in the database; a unique partial index keeps it to one open per patient."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    false,
    func,
    insert,
    select,
    text,
    update,
)

from control.data.database import LostRace, Transaction, UtcDateTime, metadata
from control.errors import NotFound
from control.presence.model import Standing
from control.sessions.model import Outcome, Pause, SessionFacts, SessionRecord
from sfu.messages import ClockState, LostTime

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("patient_id", ForeignKey("patients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("therapist_id", ForeignKey("therapists.id", ondelete="CASCADE"), nullable=False),
    Column("setting_version", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("waiting_since", UtcDateTime),
    Column("came_at", UtcDateTime),
    Column("entered_at", UtcDateTime),
    Column("contact_at", UtcDateTime),
    Column("gate_open", Boolean, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("outcome", String(16)),
    Column("sent_back_at", UtcDateTime),
    Column("pauses", JSON),
    Column("sound_first", Boolean, nullable=False, server_default=false()),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("clock_started_at", UtcDateTime),
    Column("wall_s", Float, nullable=False, default=0.0),
    Column("connected_s", Float, nullable=False, default=0.0),
    Column("lost_patient_s", Float, nullable=False, default=0.0),
    Column("lost_therapist_s", Float, nullable=False, default=0.0),
    Column("lost_server_s", Float, nullable=False, default=0.0),
    Column("clock_saved_at", UtcDateTime),
)
ONE_OPEN = Index(
    "one_open_session_per_patient",
    sessions.c.patient_id,
    unique=True,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)
ONE_CONVERSATION = Index(
    "one_conversation_per_therapist",
    sessions.c.therapist_id,
    unique=True,
    sqlite_where=text("gate_open"),
    postgresql_where=text("gate_open"),
)
NEWEST_FIRST = Index(
    "sessions_newest_first", sessions.c.therapist_id, sessions.c.opened_at.desc(), sessions.c.id
)
OPEN = Index(
    "open_sessions",
    sessions.c.therapist_id,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)
# Sessions with so few patients are found by patient and sorted, 25 each in our measurement; with
# more, the therapist's are walked from the newest until a page is full.
FEW = 200


class SessionStore:
    """Reads and writes sessions within the caller's transaction."""

    async def add(self, tx: Transaction, record: SessionRecord) -> None:
        """Insert; an `IntegrityError` says that the patient has an open session already."""
        row = {
            "id": record.id,
            "patient_id": record.patient_id,
            "therapist_id": record.therapist_id,
            "setting_version": record.setting_version,
            "opened_at": record.facts.opened_at,
            "gate_open": False,
        }
        await tx.execute(insert(sessions).values(row))

    async def write_facts(
        self, tx: Transaction, record: SessionRecord, facts: SessionFacts
    ) -> SessionRecord:
        """Write the facts that were decided on this record, and return the record with them.

        Raises:
            LostRace: Somebody wrote others since the record was read.
            IntegrityError: The gate of another session of this therapist is open.
        """
        query = update(sessions).where(
            sessions.c.id == record.id, sessions.c.revision == record.revision
        )
        written = await tx.execute(
            query.values(
                entered_at=facts.entered_at,
                contact_at=facts.contact_at,
                gate_open=facts.gate_open,
                sent_back_at=facts.sent_back_at,
                pauses=[_from_pause(one) for one in facts.pauses],
                sound_first=facts.sound_first,
                ended_at=facts.ended_at,
                outcome=facts.outcome,
                revision=record.revision + 1,
            )
        )
        if written.rowcount != 1:
            raise LostRace
        return replace(record, facts=facts, revision=record.revision + 1)

    async def write_waiting(self, tx: Transaction, session_id: str, since: datetime | None) -> None:
        """Write since when the patient waits; the first time is kept as their arrival."""
        query = update(sessions).where(sessions.c.id == session_id)
        changed: dict[str, Any] = {"waiting_since": since}
        if since is not None:
            changed["came_at"] = func.coalesce(sessions.c.came_at, since)
        await tx.execute(query.values(changed))

    async def write_setting(self, tx: Transaction, session_id: str, version: int) -> None:
        query = update(sessions).where(sessions.c.id == session_id)
        await tx.execute(query.values(setting_version=version))

    async def write_clock(
        self, tx: Transaction, session_id: str, clock: ClockState, now: datetime
    ) -> None:
        """Keep a copy of the node's clock; that of an ended session stays as END left it."""
        query = update(sessions).where(sessions.c.id == session_id, _IS_OPEN)
        await tx.execute(
            query.values(
                clock_started_at=clock.started_at,
                wall_s=clock.wall_s,
                connected_s=clock.connected_s,
                lost_patient_s=clock.lost.patient,
                lost_therapist_s=clock.lost.therapist,
                lost_server_s=clock.lost.server,
                clock_saved_at=now,
            )
        )

    async def get(self, tx: Transaction, session_id: str) -> SessionRecord | None:
        query = select(sessions).where(sessions.c.id == session_id)
        row = (await tx.execute(query)).one_or_none()
        return None if row is None else _to_record(row)

    async def owned(self, tx: Transaction, therapist_id: str, session_id: str) -> SessionRecord:
        """Return the session, or raise `NotFound` (no_session) for none and another's alike."""
        record = await self.get(tx, session_id)
        if record is None or record.therapist_id != therapist_id:
            raise NotFound("no_session", "There is no such session.")
        return record

    async def is_open(self, tx: Transaction, session_id: str) -> bool:
        """Tell whether there is such a session, and it has not ended."""
        query = select(sessions.c.id).where(sessions.c.id == session_id, _IS_OPEN)
        return await tx.scalar(query) is not None

    async def open_of_patient(self, tx: Transaction, patient_id: str) -> SessionRecord | None:
        mine = sessions.c.patient_id == patient_id
        row = (await tx.execute(select(sessions).where(mine, _IS_OPEN))).one_or_none()
        return None if row is None else _to_record(row)

    async def in_contact(self, tx: Transaction, therapist_id: str) -> str | None:
        """Return the session whose gate is open, of which a therapist has one at most."""
        query = select(sessions.c.id).where(
            sessions.c.therapist_id == therapist_id, sessions.c.gate_open
        )
        found: str | None = await tx.scalar(query)
        return found

    async def standing(self, tx: Transaction) -> list[Standing]:
        return [record.standing for record in await self.all_open(tx)]

    async def all_open(
        self, tx: Transaction, therapist_id: str | None = None
    ) -> list[SessionRecord]:
        """Return the sessions not ended, of one therapist or of all, oldest first."""
        query = select(sessions).where(_IS_OPEN)
        if therapist_id is not None:
            query = query.where(sessions.c.therapist_id == therapist_id)
        records = [_to_record(row) for row in await tx.execute(query)]
        # Asked to sort, SQLite walks all of the therapist's sessions: 34 ms where she had 50,000.
        return sorted(records, key=lambda record: (record.facts.opened_at, record.id))

    async def newest(
        self,
        tx: Transaction,
        therapist_id: str,
        patient_ids: Collection[str] | None,
        *,
        without: Collection[str] = (),
        ended: bool = False,
        after: tuple[datetime, str] | None = None,
        opened: tuple[datetime, datetime] | None = None,
        limit: int,
    ) -> list[SessionRecord]:
        """Return the newest sessions first, those with some patients or all.

        Args:
            patient_ids: Patients of this therapist; None for all of them.
            without: People whose sessions are left out.
            ended: Only those that have ended.
            after: Begin after the session opened then, with this id.
            opened: Only those opened from the first instant on and before the second.
        """
        query = select(sessions)
        if patient_ids is not None:
            query = query.where(sessions.c.patient_id.in_(patient_ids))
        if patient_ids is None or len(patient_ids) > FEW:
            query = query.where(sessions.c.therapist_id == therapist_id)
        if without:
            query = query.where(sessions.c.patient_id.not_in(without))
        if ended:
            query = query.where(sessions.c.ended_at.is_not(None))
        if after is not None:
            opened_at, session_id = after
            later_id = (sessions.c.opened_at < opened_at) | (sessions.c.id > session_id)
            query = query.where(sessions.c.opened_at <= opened_at, later_id)
        if opened is not None:
            since, until = opened
            query = query.where(sessions.c.opened_at >= since, sessions.c.opened_at < until)
        query = query.order_by(sessions.c.opened_at.desc(), sessions.c.id).limit(limit)
        return [_to_record(row) for row in await tx.execute(query)]

    async def met_before(self, tx: Transaction, ids: Collection[str]) -> set[str]:
        """Return those of these patients with whom there was contact before their open session."""
        before = sessions.alias()
        met = select(before.c.id).where(
            before.c.patient_id == sessions.c.patient_id,
            before.c.ended_at.is_not(None),
            before.c.contact_at.is_not(None),
        )
        query = select(sessions.c.patient_id).where(
            sessions.c.patient_id.in_(ids), _IS_OPEN, met.exists()
        )
        return set(await tx.scalars(query)) if ids else set()

    async def latest_contacts(self, tx: Transaction, ids: list[str]) -> dict[str, datetime]:
        """Return, for each of these patients who was ever met, when the last session began."""
        last = func.max(sessions.c.contact_at).label("last")
        query = select(sessions.c.patient_id, last).where(
            sessions.c.patient_id.in_(ids), sessions.c.contact_at.is_not(None)
        )
        rows = await tx.execute(query.group_by(sessions.c.patient_id))
        return {row.patient_id: row.last for row in rows}


_IS_OPEN = sessions.c.ended_at.is_(None)


def _to_record(row: Row[Any]) -> SessionRecord:
    facts = SessionFacts(
        opened_at=row.opened_at,
        came_at=row.came_at,
        entered_at=row.entered_at,
        contact_at=row.contact_at,
        gate_open=row.gate_open,
        sent_back_at=row.sent_back_at,
        pauses=tuple(_to_pause(one) for one in row.pauses or ()),
        sound_first=row.sound_first,
        ended_at=row.ended_at,
        outcome=None if row.outcome is None else Outcome(row.outcome),
    )
    return SessionRecord(
        id=row.id,
        patient_id=row.patient_id,
        therapist_id=row.therapist_id,
        facts=facts,
        setting_version=row.setting_version,
        revision=row.revision,
        waiting_since=row.waiting_since,
        clock=_to_clock(row),
        clock_saved_at=row.clock_saved_at,
    )


def _from_pause(pause: Pause) -> dict[str, Any]:
    return {
        "since": pause.since.isoformat(),
        "until": None if pause.until is None else pause.until.isoformat(),
        "sent_back": pause.sent_back,
    }


def _to_pause(kept: dict[str, Any]) -> Pause:
    until = kept["until"]
    return Pause(
        since=datetime.fromisoformat(kept["since"]),
        until=None if until is None else datetime.fromisoformat(until),
        sent_back=kept["sent_back"],
    )


def _to_clock(row: Row[Any]) -> ClockState | None:
    if row.clock_started_at is None:
        return None
    lost = LostTime(
        patient=row.lost_patient_s, therapist=row.lost_therapist_s, server=row.lost_server_s
    )
    return ClockState(
        started_at=row.clock_started_at,
        wall_s=row.wall_s,
        connected_s=row.connected_s,
        lost=lost,
    )
