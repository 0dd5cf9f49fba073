"""A past for a therapist of the walks: meetings on lines good and bad, checks, lost messages.

It is written by the product's own stores, beside a control that is running. What a clock lost is
what the lines of that meeting were lost for, as a node counts it.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from control.data.database import Database, Transaction
from control.lines.model import LineState, LineSummary, Source
from control.lines.store import LineStore
from control.notifications.model import Failure, State
from control.notifications.store import messages
from control.sessions.store import SessionStore, sessions
from sfu.messages import Cause, ClockState, Level, LostTime, Role

FAILED = (
    ("link", "sms", State.EXPIRED, Failure.NO_ANSWER),
    ("alert", "email", State.REFUSED, Failure.GIVEN_UP),
)
"""Of the guest and of who was met before: the longest words there are."""
LENGTH_S, WAITED_S, ENTERED_S, OPENED_S = 3000, 190, 50, 70
TESTED_DAYS_AGO = (3, 5, 8)
"""Three tell what is usual."""

Course = tuple[tuple[int, LineState, Cause], ...]
"""From which second of contact on a line was so."""
STEADY: Course = ((0, LineState.GOOD, Cause.NONE),)


@dataclass(frozen=True, slots=True)
class Meeting:
    """How an hour of contact went."""

    patient: Course = STEADY
    therapist: Course = STEADY
    checked: Level = Level.GOOD
    """What the check before it found of the patient's line."""
    lost_to_server_s: float = 0.0
    sent_back_s: int = LENGTH_S
    let_in_s: int = LENGTH_S
    """When the patient went back to the waiting room, and was let in again; if before the end."""

    @property
    def clock_s(self) -> dict[str, Any]:
        """What the node's clock said at the end."""
        lost = LostTime(
            patient=_lost_s(self.patient),
            therapist=_lost_s(self.therapist),
            server=self.lost_to_server_s,
        )
        away_s = lost.patient + lost.therapist + lost.server
        away_s += self.let_in_s - self.sent_back_s
        return {"wall_s": LENGTH_S, "connected_s": LENGTH_S - away_s, "lost": lost}


WEAK = Meeting(
    patient=(
        (0, LineState.GOOD, Cause.NONE),
        (480, LineState.FAIR, Cause.CAPACITY_DOWN),
        (900, LineState.LOST, Cause.NONE),
        (1100, LineState.POOR, Cause.LOSS_UP),
        (1500, LineState.GOOD, Cause.NONE),
        (2640, LineState.GOOD, Cause.NONE),  # each contact has a course of its own
    ),
    therapist=(
        (0, LineState.GOOD, Cause.NONE),
        (1800, LineState.FAIR, Cause.JITTER_UP),
        (2160, LineState.GOOD, Cause.NONE),
        (2640, LineState.GOOD, Cause.NONE),
    ),
    checked=Level.FAIR,
    sent_back_s=2400,
    let_in_s=2640,
)
"""3 min 20 s are lost on the patient's line."""
SERVER_LATE: Course = (
    (0, LineState.GOOD, Cause.NONE),
    (1200, LineState.SERVER, Cause.SERVER),
    (1320, LineState.GOOD, Cause.NONE),
)
OURS = Meeting(patient=SERVER_LATE, therapist=SERVER_LATE, lost_to_server_s=45.0)
OWN = Meeting(
    therapist=(
        (0, LineState.GOOD, Cause.NONE),
        (600, LineState.NO_CALL, Cause.LOSS_DOWN),
        (700, LineState.LOST, Cause.NONE),
        (780, LineState.FAIR, Cause.DELAY),
    ),
)
MEETINGS = (WEAK, OURS, OWN)
"""With the patients, the newest first."""


async def write_past(database: Path, patients: Sequence[str], guests: Sequence[str]) -> None:
    """Make what has ended meetings of an hour: a guest's of this morning, others of yesterday.

    All patients have tested their lines from the link, last three days ago; those who were met
    were checked then.
    """
    async with _opened(database) as tx:
        query = select(sessions).where(
            sessions.c.patient_id.in_([*guests, *patients]), sessions.c.ended_at.is_not(None)
        )
        ended = (await tx.execute(query.order_by(sessions.c.opened_at.desc()))).all()
        of_patients = iter(MEETINGS)
        for number, row in enumerate(ended):
            is_guest = row.patient_id in guests
            meeting = Meeting() if is_guest else next(of_patients, Meeting())
            days = 0 if is_guest else 1
            came = datetime.now(UTC) - timedelta(days=days, hours=3 + 2 * number)
            await _write_meeting(tx, row.id, came, meeting)
            if number < len(FAILED):
                await _write_failed(tx, row.therapist_id, row.patient_id, came, *FAILED[number])
        for patient in patients:
            await _write_tests(tx, patient)


async def write_tests(database: Path, patient_id: str) -> None:
    """Let a patient have tested the line in the last days; it was good each time."""
    async with _opened(database) as tx:
        await _write_tests(tx, patient_id)


@asynccontextmanager
async def _opened(path: Path) -> AsyncIterator[Transaction]:
    database = Database(f"sqlite:///{path}")
    try:
        async with database.write() as tx:
            yield tx
    finally:
        await database.close()


async def _write_meeting(
    tx: Transaction, session_id: str, came: datetime, meeting: Meeting
) -> None:
    """Open the session anew, at that time, and let it go as it went."""
    store, lines = SessionStore(), LineStore()
    met = came + timedelta(seconds=WAITED_S)
    opened = {
        "opened_at": came - timedelta(seconds=OPENED_S),
        **dict.fromkeys(("came_at", "entered_at", "contact_at", "sent_back_at", "ended_at")),
        "pauses": None,
        "outcome": None,
    }
    await tx.execute(update(sessions).where(sessions.c.id == session_id).values(opened))
    await store.write_waiting(tx, session_id, came)
    record = await store.get(tx, session_id)
    assert record is not None
    facts = record.facts.enter(met - timedelta(seconds=ENTERED_S))
    facts = facts.accept(met, patient_present=True, elsewhere=None)
    if meeting.sent_back_s < LENGTH_S:
        facts = facts.hold(met + timedelta(seconds=meeting.sent_back_s))
    if meeting.let_in_s < LENGTH_S:
        again = met + timedelta(seconds=meeting.let_in_s)
        facts = facts.accept(again, patient_present=True, elsewhere=None)
    over = met + timedelta(seconds=LENGTH_S)
    await store.write_clock(tx, session_id, ClockState(started_at=met, **meeting.clock_s), over)
    await store.write_waiting(tx, session_id, None)
    await store.write_facts(tx, record, facts.end(over))
    for role, course in ((Role.PATIENT, meeting.patient), (Role.THERAPIST, meeting.therapist)):
        for after_s, state, cause in course:
            at = met + timedelta(seconds=after_s)
            await lines.add_change(tx, session_id, role, at, state, cause)
    check = _summary(record.patient_id, session_id, came, meeting.checked)
    await lines.put_check(tx, check)


async def _write_tests(tx: Transaction, patient_id: str) -> None:
    for days in TESTED_DAYS_AGO:
        at = datetime.now(UTC) - timedelta(days=days, minutes=5)
        await LineStore().add(tx, _summary(patient_id, None, at, Level.GOOD))


def _summary(patient_id: str, session_id: str | None, at: datetime, level: Level) -> LineSummary:
    """Return a check of the patient's line before a session, or a test that belongs to none."""
    return LineSummary(
        patient_id=patient_id,
        session_id=session_id,
        role=Role.PATIENT,
        source=Source.TEST if session_id is None else Source.CHECK,
        at=at,
        level=level,
        cause=Cause.NONE if level is Level.GOOD else Cause.CAPACITY_DOWN,
        rtt_ms=28.0,
        loss_up=0.0,
        loss_down=0.001,
        variation_ms=4.0,
        capacity_up_bps=2_400_000,
        capacity_down_bps=5_000_000 if level is Level.GOOD else 900_000,
    )


def _lost_s(course: Course) -> float:
    ends = (*course, (LENGTH_S, *course[-1][1:]))
    spans = pairwise(ends)
    return sum(end[0] - begin[0] for begin, end in spans if begin[1] is LineState.LOST)


async def _write_failed(
    tx: Transaction,
    therapist_id: str,
    patient_id: str,
    at: datetime,
    kind: str,
    channel: str,
    state: State,
    failure: Failure,
) -> None:
    row = {
        "id": secrets.token_hex(16), "therapist_id": therapist_id, "patient_id": patient_id,
        "kind": kind, "channel": channel, "state": state, "failure": failure, "attempts": 1,
        "next_at": at, "expires_at": at, "created_at": at,
    }  # fmt: skip
    await tx.execute(insert(messages).values(row))
