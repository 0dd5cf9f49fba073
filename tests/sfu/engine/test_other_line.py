"""What each side is told of the other's line in contact: one bit, on change."""

from __future__ import annotations

from tests.sfu.engine.test_line_quality import meet
from tests.support.plane import Person, World, said

FIRST_S, SOON_S, CLEARED_S = 12.0, 7.0, 30.0
LOSSY = 0.08


def weak(world: World, person: Person, seconds: float) -> list[object]:
    """Let time pass; return what is said to a person of the other's line."""
    return [message["weak"] for message in said(world.run(seconds), person, "other")]


def test_loss_of_one_line_is_told_once_to_the_other_side_and_its_end_once(world: World) -> None:
    therapist, patient = meet(world)
    world.run(FIRST_S)
    therapist.path.loss = LOSSY
    told = world.run(SOON_S)
    assert said(told, patient, "other") == [
        {"type": "other", "connected": True, "paused": False, "weak": True}
    ]
    assert said(told, therapist, "other") == []  # her own line is told by `quality`
    assert weak(world, patient, CLEARED_S) == []
    therapist.path.loss = 0.0
    assert weak(world, patient, CLEARED_S) == [False]


def test_a_fault_of_this_node_is_never_told_as_the_others_line(world: World) -> None:
    therapist, patient = meet(world)
    world.run(FIRST_S)
    world.engine.measuring.health.note_lateness(2.0, world.now)
    told = world.run(FIRST_S)
    assert "server" in [message["cause"] for message in said(told, therapist, "quality")]
    assert said(told, patient, "other") == []


def test_a_weak_line_is_not_told_any_more_while_this_node_is_at_fault(world: World) -> None:
    therapist, patient = meet(world)
    world.run(FIRST_S)
    therapist.path.loss = LOSSY
    assert weak(world, patient, SOON_S) == [True]
    world.engine.measuring.health.note_lateness(2.0, world.now)
    assert weak(world, patient, 1.1) == [False]
    assert weak(world, patient, CLEARED_S) == [True]


def test_nothing_is_told_of_a_line_before_contact_and_all_at_its_beginning(world: World) -> None:
    therapist, patient = meet(world, gate_open=False)
    therapist.path.loss = LOSSY
    assert True not in weak(world, patient, CLEARED_S)
    world.gate(True)
    assert weak(world, patient, 1.1)[-1] is True
    world.gate(False)
    assert weak(world, patient, 1.1)[-1] is False


def test_a_page_that_comes_back_is_told_at_once(world: World) -> None:
    therapist, patient = meet(world)
    world.run(FIRST_S)
    therapist.path.loss = LOSSY
    world.run(SOON_S)
    again = world.person(patient.role, 40_003, 3)
    again.join()
    world.network.run_until(lambda: again.browser.connected)
    world.engine.channels_opened(again.id, world.now)
    assert weak(world, again, 0.1) == [True]
