"""How both lines went in contact: a row for each change, for the therapist of the session."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from control.lines import course
from sfu.messages import Cause, Level, LineQuality, MediaProof, Role
from tests.control.call import Call
from tests.control.faults import no_database
from tests.control.stage import Stage, make_config

FAIR = LineQuality(level=Level.FAIR, cause=Cause.LOSS_UP)
GOOD = LineQuality(level=Level.GOOD)
OURS = LineQuality(level=Level.UNKNOWN, cause=Cause.SERVER)
UNKNOWN = LineQuality(level=Level.UNKNOWN)


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A running control on each kind of database."""
    async with Stage(make_config(tmp_path, database_url=database_url)) as running:
        yield running


async def report(call: Call, role: Role, **known: Any) -> None:
    call.stage.media.measure(call.id, role, **known)
    await call.stage.media.report(call.id, role, MediaProof())
    call.stage.clock.advance(1)


async def changes(call: Call) -> list[tuple[str, str, str]]:
    items = (await call.therapist.get(f"{call.path}/lines"))["items"]
    assert [one["at"] for one in items] == sorted(one["at"] for one in items)
    return [(one["role"], one["state"], one["cause"]) for one in items]


async def test_each_change_of_a_line_in_contact_is_kept_once(stage: Stage) -> None:
    call = await Call.begin(stage)
    for quality in (GOOD, GOOD, FAIR, FAIR, UNKNOWN, OURS, GOOD):
        await report(call, Role.PATIENT, quality=quality)
    await report(call, Role.THERAPIST, quality=GOOD)
    assert await changes(call) == [
        ("patient", "good", "none"),
        ("patient", "fair", "loss_up"),
        ("patient", "server", "server"),
        ("patient", "good", "none"),
        ("therapist", "good", "none"),
    ]


async def test_a_line_that_is_lost_is_a_state_of_its_own(stage: Stage) -> None:
    call = await Call.begin(stage)
    await report(call, Role.PATIENT, quality=GOOD)
    await stage.media.lose(call.id, Role.PATIENT)
    await report(call, Role.PATIENT)
    await stage.media.connect(call.id, Role.PATIENT)
    await report(call, Role.PATIENT)
    assert [state for _, state, _ in await changes(call)] == ["good", "lost", "good"]


async def test_outside_contact_nothing_is_kept(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.therapist.post(f"{call.path}/hold")
    await report(call, Role.PATIENT, quality=GOOD)
    assert await changes(call) == []
    await call.therapist.post(f"{call.path}/accept")
    await report(call, Role.PATIENT, quality=GOOD)
    assert await changes(call) == [("patient", "good", "none")]


async def test_each_contact_has_its_own_course_however_short_the_time_between(
    stage: Stage,
) -> None:
    call = await Call.begin(stage)
    await report(call, Role.PATIENT, quality=GOOD)
    await call.therapist.post(f"{call.path}/hold")
    await call.therapist.post(f"{call.path}/accept")
    await report(call, Role.PATIENT, quality=GOOD)
    assert [state for _, state, _ in await changes(call)] == ["good", "good"]


async def test_what_could_not_be_written_is_written_with_a_later_report(stage: Stage) -> None:
    call = await Call.begin(stage)
    with no_database(stage, "write"):
        await report(call, Role.PATIENT, quality=FAIR)
    await report(call, Role.PATIENT, quality=FAIR)
    assert await changes(call) == [("patient", "fair", "loss_up")]


async def test_a_line_that_flickers_for_hours_is_bounded(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course, "MOST_CHANGES", 4)
    call = await Call.begin(stage)
    for quality in (GOOD, FAIR) * 5:
        await report(call, Role.PATIENT, quality=quality)
    assert len(await changes(call)) == 4


async def test_only_its_therapist_reads_it_and_it_goes_with_the_patient(stage: Stage) -> None:
    call = await Call.begin(stage)
    await report(call, Role.PATIENT, quality=FAIR)
    other = await stage.therapist("other@example.org")
    await other.call("GET", f"{call.path}/lines", expect=404)
    await stage.page().call("GET", f"{call.path}/lines", expect=401)
    await call.therapist.call("DELETE", f"/api/patients/{call.visiting.patient_id}", expect=204)
    await call.therapist.call("GET", f"{call.path}/lines", expect=404)
    async with stage.control.database.read() as tx:
        assert await stage.control.line_courses._store.changes(tx, call.id) == []


async def test_it_is_forgotten_after_ninety_days(stage: Stage) -> None:
    call = await Call.begin(stage)
    await report(call, Role.PATIENT, quality=FAIR)
    for days, left in ((89, 1), (2, 0)):
        await stage.control.line_courses.sweep(now=stage.clock.advance(days * 86_400))
        async with stage.control.database.read() as tx:
            assert len(await stage.control.line_courses._store.changes(tx, call.id)) == left
