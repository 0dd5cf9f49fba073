"""A check is kept fresh while somebody waits: it is repeated by itself, as often as that needs."""

from __future__ import annotations

import pytest

from sfu.base import limits
from sfu.engine import admission, measuring
from sfu.messages import CheckReport, CheckState, Level
from tests.sfu.engine.test_check import CHECK_S, alone, report
from tests.support.plane import Person, World, said

PAGES_GO_BY_IT_S = 600.0
"""As `web/src/lib/quality.ts`."""


REPEAT_S, RETRY_S = 60.0, 20.0
"""Instead of the real ones, for less to compute."""


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "REPEAT_S", REPEAT_S)
    monkeypatch.setattr(measuring, "RETRY_S", RETRY_S)


@pytest.fixture
def patient(world: World) -> Person:
    """Who waits, with a check done just now."""
    patient = alone(world)
    world.network.run_until(lambda: checks_done(world) == 1)
    assert report(patient).state is CheckState.DONE
    return patient


def checks_done(world: World) -> int:
    return sum(world.engine.measuring.tally.checks.values())


def test_who_waits_on_is_checked_again_and_again(world: World, patient: Person) -> None:
    first = report(patient)
    world.run(REPEAT_S - 1.0)
    assert report(patient) == first
    world.run(CHECK_S + 1.0)
    again = report(patient)
    apart_s = (again.started_at - first.started_at).total_seconds()
    assert apart_s == pytest.approx(REPEAT_S + first.took_ms / 1000, abs=1.0)
    assert (again.state, again.quality.level) == (CheckState.DONE, Level.GOOD)
    world.run(REPEAT_S + CHECK_S)
    assert checks_done(world) == 3


def test_it_is_done_before_pages_forget_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where it was refused once."""
    monkeypatch.undo()
    assert measuring.REPEAT_S + measuring.RETRY_S + CHECK_S < PAGES_GO_BY_IT_S


def test_the_last_result_stands_until_the_next_is_there(world: World, patient: Person) -> None:
    """What has only begun knows no capacity: a narrow line would be good for some seconds."""
    first = report(patient)
    world.run(REPEAT_S - CHECK_S)
    heard: list[CheckReport] = []
    while report(patient) == first:
        told = said(world.run(0.5), patient, "check")
        heard += [CheckReport.model_validate(message) for message in told]
        assert report(patient).state is CheckState.DONE
    told = said(world.run(2.0), patient, "check")
    heard += [CheckReport.model_validate(message) for message in told]
    assert {one.started_at for one in heard} == {report(patient).started_at}
    assert {one.state for one in heard} == {CheckState.DONE}


def test_one_that_is_asked_for_meanwhile_is_told_from_then_on(
    world: World, patient: Person
) -> None:
    world.run(REPEAT_S - 1.0)
    world.network.run_until(lambda: world.engine.measuring.running_checks == 1)
    world.engine.check("room", patient.id, False, world.now)
    world.run(1.5)
    assert report(patient).state is CheckState.RUNNING
    assert checks_done(world) == 1


def test_who_saves_data_is_checked_again_with_few_bytes(world: World, patient: Person) -> None:
    next(iter(world.engine.peers)).is_light = True
    world.run(1.0)  # and what was told of the first
    told = world.run(REPEAT_S + CHECK_S)
    assert checks_done(world) == 2
    assert report(patient).size_bytes <= 250_000
    assert said(told, patient, "fill") == []


def test_nobody_is_checked_in_contact_and_who_is_sent_back_soon_is(
    world: World, patient: Person
) -> None:
    world.gate(True)
    world.run(REPEAT_S + 2 * RETRY_S)
    assert world.engine.measuring.running_checks == 0
    assert checks_done(world) == 1
    world.gate(False)
    world.run(RETRY_S + CHECK_S)
    assert checks_done(world) == 2


def test_one_that_was_asked_for_counts_as_the_last(world: World, patient: Person) -> None:
    world.run(REPEAT_S / 2)
    world.engine.check("room", patient.id, True, world.now)
    world.run(CHECK_S)
    world.run(REPEAT_S - CHECK_S)
    assert checks_done(world) == 2
    world.run(2 * CHECK_S)
    assert checks_done(world) == 3


def test_while_one_runs_no_other_begins(world: World, patient: Person) -> None:
    world.run(REPEAT_S - CHECK_S / 2)
    world.engine.check("room", patient.id, True, world.now)
    began_at = world.now
    world.run(2 * CHECK_S)
    assert checks_done(world) == 2
    utc = world.engine.utc_offset + began_at
    assert report(patient).started_at.timestamp() == pytest.approx(utc, abs=0.01)


def test_who_may_not_be_checked_yet_is_after_a_while(
    world: World, patient: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[float] = []
    monkeypatch.setattr(admission, "CHECKS_AT_ONCE", 0)
    begin = admission.Admission.admit_check

    def admit(self: admission.Admission, room: str, who: str, running: int, now: float) -> None:
        refused.append(now)
        begin(self, room, who, running, now)

    monkeypatch.setattr(admission.Admission, "admit_check", admit)
    world.run(REPEAT_S + RETRY_S + CHECK_S)
    assert len(refused) == 2
    assert refused[1] - refused[0] == pytest.approx(RETRY_S, abs=1.0)
    assert checks_done(world) == 1
    monkeypatch.setattr(admission, "CHECKS_AT_ONCE", limits.CHECKS_AT_ONCE)
    world.run(RETRY_S + CHECK_S)
    assert checks_done(world) == 2


def test_a_node_that_is_to_be_stopped_begins_none(world: World, patient: Person) -> None:
    world.engine.measuring.is_draining = True
    world.run(REPEAT_S + RETRY_S)
    assert checks_done(world) == 1
    world.engine.measuring.is_draining = False
    world.run(RETRY_S + CHECK_S)
    assert checks_done(world) == 2


def test_a_line_that_is_lost_is_checked_once_it_is_back(world: World, patient: Person) -> None:
    world.run(REPEAT_S - CHECK_S)
    patient.path.loss = 1.0
    world.run(2 * CHECK_S)
    assert world.engine.measuring.running_checks == 0
    patient.path.loss = 0.0
    world.run(CHECK_S + 3.0)
    assert checks_done(world) == 2


def test_who_left_is_checked_no_more(world: World, patient: Person) -> None:
    world.engine.leave("room", patient.id, world.now)
    world.run(REPEAT_S + RETRY_S)
    assert checks_done(world) == 1
    assert world.engine.measuring._due_at == {}
