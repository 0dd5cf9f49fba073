"""One row for each check that is done: told on the patient's row, and gone with the patient."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from control.auth.ports import Trusted
from control.lines.store import line_checks
from sfu.messages import (
    Cause,
    CheckReport,
    CheckState,
    DirectionQuality,
    Level,
    LineQuality,
    MediaProof,
    Role,
)
from tests.control.call import Call
from tests.control.faults import no_database
from tests.control.stage import Stage, make_config

BEGAN = datetime(2026, 3, 2, 8, 59, tzinfo=UTC)
UP = DirectionQuality(loss_ratio=0.02, delay_variation_ms=22.0, capacity_bps=610_000)
DOWN = DirectionQuality(loss_ratio=0.0, delay_variation_ms=9.0)
QUALITY = LineQuality(level=Level.FAIR, cause=Cause.CAPACITY_UP, rtt_ms=61.0, up=UP, down=DOWN)


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A running control on each kind of database."""
    async with Stage(make_config(tmp_path, database_url=database_url)) as running:
        yield running


def a_check(state: CheckState = CheckState.DONE, **changes: Any) -> CheckReport:
    fields: dict[str, Any] = {"started_at": BEGAN, "took_ms": 8_000, "quality": QUALITY}
    return CheckReport(state=state, **fields | changes)


async def report(call: Call, check: CheckReport, role: Role = Role.PATIENT) -> None:
    call.stage.media.measure(call.id, role, check=check)
    await call.stage.media.report(call.id, role, MediaProof())


async def rows(stage: Stage) -> list[Any]:
    async with stage.control.database.read() as tx:
        return list(await tx.execute(select(line_checks).order_by(line_checks.c.id)))


async def patient(call: Call) -> Any:
    return await call.therapist.get(f"/api/patients/{call.visiting.patient_id}")


async def test_a_check_that_is_done_is_kept_once(stage: Stage) -> None:
    call = await Call.begin(stage)
    await report(call, a_check(CheckState.RUNNING))
    assert await rows(stage) == []
    assert (await patient(call))["last_check"] is None
    for _ in range(3):
        await report(call, a_check())
    (row,) = await rows(stage)
    assert (row.patient_id, row.session_id) == (call.visiting.patient_id, call.id)
    assert (row.role, row.source, row.level, row.cause) == (
        "patient", "check", "fair", "capacity_up",
    )  # fmt: skip
    assert (row.at, row.rtt_ms, row.loss_up, row.loss_down) == (BEGAN, 61.0, 0.02, 0.0)
    assert (row.variation_ms, row.capacity_up_bps, row.capacity_down_bps) == (22.0, 610_000, None)


async def test_a_long_wait_leaves_the_last_check_of_each_side(stage: Stage) -> None:
    call = await Call.begin(stage)
    await report(call, a_check(), Role.THERAPIST)
    last = BEGAN + timedelta(minutes=16)
    for minutes in (0, 8, 16):
        await report(call, a_check(started_at=BEGAN + timedelta(minutes=minutes)))
    assert [(row.role, row.at) for row in await rows(stage)] == [
        ("therapist", BEGAN),
        ("patient", last),
    ]


async def test_control_that_is_started_anew_keeps_no_check_twice(stage: Stage) -> None:
    call = await Call.begin(stage)
    await report(call, a_check())
    await stage.restart()
    await report(call, a_check())
    assert len(await rows(stage)) == 1


async def test_what_was_not_judged_is_not_kept(stage: Stage) -> None:
    call = await Call.begin(stage)
    await report(call, a_check(quality=LineQuality(level=Level.UNKNOWN, cause=Cause.SERVER)))
    await report(call, a_check(CheckState.STOPPED))
    assert await rows(stage) == []


async def test_the_patients_row_tells_the_newest_check_of_the_patients_own_line(
    stage: Stage,
) -> None:
    call = await Call.begin(stage)
    later = BEGAN + timedelta(minutes=2)
    good = QUALITY.model_copy(update={"level": Level.GOOD})
    await report(call, a_check())
    await report(call, a_check(started_at=later, quality=good))
    latest = BEGAN + timedelta(minutes=4)
    await report(call, a_check(started_at=latest), Role.THERAPIST)
    told = (await patient(call))["last_check"]
    assert told["level"] == "good"
    assert datetime.fromisoformat(told["at"]) == later
    listed = (await call.therapist.get("/api/patients"))["items"][0]
    assert listed["last_check"] == told


async def test_checks_go_after_90_days_and_with_the_patient(stage: Stage) -> None:
    call = await Call.begin(stage)
    await report(call, a_check())
    await call.stage.control.lines.sweep(now=BEGAN + timedelta(days=89))
    assert len(await rows(stage)) == 1
    await call.stage.control.lines.sweep(now=BEGAN + timedelta(days=91))
    assert await rows(stage) == []

    await report(call, a_check(started_at=BEGAN + timedelta(minutes=1)))
    assert len(await rows(stage)) == 1
    await call.therapist.call("DELETE", f"/api/patients/{call.visiting.patient_id}", expect=204)
    assert await rows(stage) == []


async def test_a_check_that_could_not_be_written_is_by_a_later_report(stage: Stage) -> None:
    call = await Call.begin(stage)
    with no_database(stage, "write"):
        await report(call, a_check())
    await report(call, a_check())
    assert len(await rows(stage)) == 1


async def usual(call: Call, expect: int = 200) -> Any:
    path = f"/api/patients/{call.visiting.patient_id}/usual-line?but={call.id}"
    return await call.therapist.get(path, expect)


async def test_what_is_usual_takes_three_measurements_before_this_session(stage: Stage) -> None:
    call = await Call.begin(stage)
    await report(call, a_check())  # of this very session
    kept = stage.control.lines
    for day, rtt_ms in enumerate((40.0, 60.0, 50.0)):
        assert (await usual(call))["usual"] is None
        quality = QUALITY.model_copy(update={"level": Level.GOOD, "rtt_ms": rtt_ms})
        began = BEGAN - timedelta(days=day + 1)
        check = a_check(started_at=began, quality=quality)
        await kept.note_test(call.visiting.patient_id, check, by=Trusted("anyone"))
    told = (await usual(call))["usual"]
    assert (told["level"], told["rtt_ms"], told["loss_up"]) == ("good", 50.0, 0.02)
    assert told["capacity_down_bps"] is None
    other = await stage.therapist("bruni@example.org", "Dr. Bruni")
    path = f"/api/patients/{call.visiting.patient_id}/usual-line"
    assert (await other.get(path, 404))["code"] == "no_patient"


async def test_only_the_last_ten_measurements_tell_what_is_usual(stage: Stage) -> None:
    call = await Call.begin(stage)
    for day in range(22):
        rtt_ms = 40.0 if day < 10 else 400.0
        quality = QUALITY.model_copy(update={"rtt_ms": rtt_ms})
        began = BEGAN - timedelta(days=day)
        check = a_check(started_at=began, quality=quality)
        await stage.control.lines.note_test(call.visiting.patient_id, check, by=Trusted("anyone"))
    assert (await usual(call))["usual"]["rtt_ms"] == 40.0
