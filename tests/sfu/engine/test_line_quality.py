"""What the engine tells of a line in a call: to the page, and to control."""

from __future__ import annotations

import json

import pytest

from sfu.io.datachannel import MAX_SENT_BYTES
from sfu.messages import Cause, Level, LineQuality, Role
from tests.support.network import Path
from tests.support.plane import Person, World, said

WINDOW_S = 12.0


def meet(world: World, *, gate_open: bool = True) -> tuple[Person, Person]:
    """Therapist and patient, whose browsers tell the round trip as real ones do."""
    pair = world.pair(gate_open=gate_open)
    for person in pair:
        person.browser.tells_round_trip = True
    return pair


def quality(person: Person) -> LineQuality:
    found = person.state.quality
    assert found is not None
    return found


def test_good_lines_are_called_good_on_both_sides(world: World) -> None:
    therapist, patient = meet(world)
    world.run(WINDOW_S)
    for person in (therapist, patient):
        line = quality(person)
        assert (line.level, line.cause) == (Level.GOOD, Cause.NONE)
        assert line.rtt_ms == pytest.approx(20, abs=3)
        assert line.up.loss_ratio == 0
        assert line.up.packets == pytest.approx(750, abs=60)


def test_a_page_is_told_of_its_own_line_each_second_in_one_packet(world: World) -> None:
    _, patient = meet(world)
    world.run(3.0)
    messages = said(world.run(5.0), patient, "quality")
    assert len(messages) == pytest.approx(5, abs=1)
    assert messages[-1]["level"] == "good"
    assert LineQuality.model_validate(messages[-1]).rtt_ms == quality(patient).rtt_ms
    assert len(json.dumps(messages[-1])) < MAX_SENT_BYTES


def test_delay_of_the_conversation_counts_both_lines_and_needs_contact(world: World) -> None:
    therapist, patient = meet(world, gate_open=False)
    therapist.path = Path(delay_s=0.1)
    world.network.attach(therapist.browser, therapist.address, therapist.path)
    world.run(WINDOW_S)
    assert quality(patient).delay_ms is None
    world.gate(True)
    world.run(WINDOW_S)
    # 10 and 100 ms of way; 20 + 6.5 + 10 + 10 ms in codec, buffer and loudspeaker.
    assert quality(patient).delay_ms == pytest.approx(110 + 46.5, abs=15)


def test_loss_from_one_side_is_said_of_that_side_and_direction_alone(world: World) -> None:
    therapist, patient = meet(world)
    world.run(WINDOW_S)
    patient.path.loss = 0.08
    told = world.run(WINDOW_S)
    line = quality(patient)
    assert line.level is Level.POOR
    assert line.cause is Cause.LOSS_UP
    assert quality(therapist).level is Level.GOOD
    levels = [message["level"] for message in said(told, patient, "quality")]
    assert levels.index("poor") <= 6


def test_a_node_that_was_late_blames_itself_and_no_line(world: World) -> None:
    therapist, patient = meet(world)
    world.run(WINDOW_S)
    world.engine.measuring.health.note_lateness(2.0, world.now)
    world.run(1.1)
    for person in (therapist, patient):
        assert quality(person).level is Level.UNKNOWN
        assert quality(person).cause is Cause.SERVER
    world.run(WINDOW_S)
    assert quality(patient).level is Level.GOOD


def test_a_datagram_now_and_then_that_the_node_dropped_hides_no_lines_trouble(
    world: World,
) -> None:
    therapist, patient = meet(world)
    world.run(WINDOW_S)
    patient.path.loss = 0.08
    for _ in range(3):
        world.engine.measuring.health.note_drops(1, world.now)
        told = world.run(5.5)
        assert {message["cause"] for message in said(told, patient, "quality")} <= {
            "none",
            "loss_up",
        }
    assert quality(patient).cause is Cause.LOSS_UP
    assert quality(therapist).level is Level.GOOD


def test_a_node_that_drops_more_than_a_good_line_loses_blames_itself(world: World) -> None:
    """Of one line, in its last three seconds: all may have been of that."""
    people = meet(world)
    world.run(WINDOW_S)
    for person in people:
        assert person.state.quality is not None
    packets = max(max(quality(one).up.packets, quality(one).down.packets) for one in people)
    world.engine.measuring.health.note_drops(packets // 100 + 1, world.now)
    world.run(1.1)
    assert {quality(person).cause for person in people} == {Cause.SERVER}


def test_a_peer_that_is_lost_keeps_what_was_last_known(world: World) -> None:
    _, patient = meet(world)
    world.run(WINDOW_S)
    before = quality(patient)
    patient.path.loss = 1.0
    world.run(5.0)
    assert not patient.state.connected
    assert quality(patient).rtt_ms == pytest.approx(before.rtt_ms, abs=1)


def test_a_deadline_met_late_is_noted(world: World) -> None:
    world.pair()
    world.run(1.0)
    due = world.engine.next_timeout()
    assert due is not None
    world.engine.handle_timeout(due + 0.3)
    assert world.engine.measuring.health.health(due + 0.3).loop_lag_max_s == pytest.approx(0.3)


def test_levels_are_known_by_role_in_the_rooms_state(world: World) -> None:
    meet(world)
    world.run(WINDOW_S)
    levels = {peer.role: peer.quality and peer.quality.level for peer in world.room.peers}
    assert levels == {Role.THERAPIST: Level.GOOD, Role.PATIENT: Level.GOOD}
