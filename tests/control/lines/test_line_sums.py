"""What a line was like over a session: one row a side, for what is usual for a patient."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from control.lines.store import line_checks
from control.lines.sums import FEWEST_LOOKS, LineSum
from sfu.messages import Cause, DirectionQuality, Level, LineQuality, MediaProof, Role
from tests.control.call import Call
from tests.control.faults import no_database
from tests.control.stage import Stage, make_config

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LOSSY = LineQuality(
    level=Level.FAIR,
    cause=Cause.LOSS_UP,
    rtt_ms=60.0,
    up=DirectionQuality(loss_ratio=0.02, delay_variation_ms=12.0),
    down=DirectionQuality(loss_ratio=0.0, capacity_bps=2_000_000, capacity_is_bound=True),
)
GOOD = LineQuality(level=Level.GOOD, rtt_ms=40.0)
OURS = LineQuality(level=Level.UNKNOWN, cause=Cause.SERVER)


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A running control on each kind of database."""
    async with Stage(make_config(tmp_path, database_url=database_url)) as running:
        yield running


def summed(*looks: LineQuality, every_s: int = 10) -> Any:
    line = LineSum(NOON)
    for number, look in enumerate(looks):
        line.add(look, NOON + timedelta(seconds=every_s * number))
    return line.summary("p", "s", Role.PATIENT)


def test_a_session_is_as_half_of_its_time_or_worse() -> None:
    kept = summed(*3 * [GOOD], *3 * [LOSSY])
    assert (kept.level, kept.cause, kept.at) == (Level.FAIR, Cause.LOSS_UP, NOON)
    assert kept.rtt_ms == 50.0
    assert kept.loss_up == pytest.approx(0.02)
    assert kept.variation_ms == 12.0
    assert kept.capacity_down_bps is None  # a bound is no capacity
    assert summed(*4 * [GOOD], *2 * [LOSSY]).level is Level.GOOD


def test_less_than_a_minute_and_what_was_not_judged_tell_nothing() -> None:
    assert summed(*(FEWEST_LOOKS - 1) * [GOOD]) is None
    assert summed(*20 * [OURS]) is None
    assert summed(*20 * [GOOD], every_s=1) is None  # the same ten seconds twice


async def talk(call: Call, quality: LineQuality, seconds: int, role: Role = Role.PATIENT) -> None:
    call.stage.media.measure(call.id, role, quality=quality)
    for _ in range(0, seconds, 10):
        await call.stage.media.report(call.id, role, MediaProof())
        call.stage.clock.advance(10)


async def rows(stage: Stage) -> list[Any]:
    async with stage.control.database.read() as tx:
        found = await tx.execute(select(line_checks).where(line_checks.c.source == "session"))
        return list(found)


async def test_each_side_of_a_session_has_one_row_that_is_brought_up_to_date(stage: Stage) -> None:
    call = await Call.begin(stage)
    await talk(call, GOOD, 60)
    await talk(call, GOOD, 60, Role.THERAPIST)
    assert [(row.role, row.level) for row in await rows(stage)] == [
        ("patient", "good"),
        ("therapist", "good"),
    ]
    await talk(call, LOSSY, 130)
    mine = [row for row in await rows(stage) if row.role == "patient"]
    assert [(row.session_id, row.level, row.cause) for row in mine] == [
        (call.id, "fair", "loss_up")
    ]
    told = await call.therapist.get(f"/api/patients/{call.visiting.patient_id}")
    assert told["last_check"] is None  # a talk is no check


async def test_a_restart_leaves_one_row_the_one_that_looked_for_longer(stage: Stage) -> None:
    call = await Call.begin(stage)
    await talk(call, LOSSY, 180)
    await stage.restart()
    await talk(call, GOOD, 120)
    assert [row.level for row in await rows(stage)] == ["fair"]
    await talk(call, GOOD, 240)
    assert [row.level for row in await rows(stage)] == ["good"]


async def test_what_is_usual_rests_on_sessions_too_and_goes_with_the_patient(stage: Stage) -> None:
    call = await Call.begin(stage)
    with no_database(stage, "write"):
        await talk(call, LOSSY, 60)
    assert await rows(stage) == []
    await talk(call, LOSSY, 60)
    (row,) = await rows(stage)
    async with stage.control.database.write() as tx:
        for day in (1, 2):
            earlier = {**row._mapping, "id": None, "at": row.at - timedelta(days=day)}
            del earlier["id"]
            await tx.execute(line_checks.insert().values(earlier))
    path = f"/api/patients/{call.visiting.patient_id}"
    told = (await call.therapist.get(f"{path}/usual-line"))["usual"]
    assert (told["level"], told["rtt_ms"]) == ("fair", 60.0)
    assert (await call.therapist.get(f"{path}/usual-line?but={call.id}"))["usual"] is None
    await stage.control.lines.sweep(now=row.at + timedelta(days=91))
    assert await rows(stage) == []
    await talk(call, LOSSY, 70)
    assert len(await rows(stage)) == 1
    await call.therapist.call("DELETE", path, expect=204)
    assert await rows(stage) == []
