"""The clock of a room: when it runs, who hears of it, and whose line is booked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sfu.engine.caps import WAITING_VIDEO_BPS
from sfu.engine.room import RoomOutput
from sfu.messages import ClockState, ClockTicked, PeerLost, RoomCommand
from tests.sfu.engine.room.world import NOON, P, T, World, said


def clocks(outputs: Sequence[RoomOutput]) -> list[ClockState]:
    return [o.clock for o in outputs if isinstance(o, ClockTicked)]


def test_clock_starts_at_contact_for_both_pages_and_control() -> None:
    world = World()
    therapist, patient = world.pair()
    assert world.room.next_timeout() is None
    world.room.set_gate(True, 5.0)
    outputs = world.drain()
    message = {
        "type": "clock",
        "started_at": "2026-03-01T12:00:05Z",
        "elapsed_s": 0.0,
        "connected_s": 0.0,
    }
    assert message in said(outputs, therapist)
    assert message in said(outputs, patient)
    (clock,) = clocks(outputs)
    assert clock.started_at == datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)


def test_clock_ticks_each_second_to_pages_and_each_fifth_to_control() -> None:
    world = World()
    therapist, _ = world.pair()
    world.room.set_gate(True, 5.0)
    world.drain()
    world.run(5.5)
    outputs = world.run(15.5)
    assert [m["elapsed_s"] for m in said(outputs, therapist)] == [float(n) for n in range(1, 11)]
    assert [clock.wall_s for clock in clocks(outputs)] == [5.0, 10.0]


def test_process_that_was_stopped_sends_no_burst_of_late_ticks() -> None:
    world = World()
    therapist, _ = world.pair()
    world.room.set_gate(True, 5.0)
    world.run(5.5)
    world.room.handle_timeout(65.0)
    assert len(said(world.drain(), therapist)) == 1
    assert said(world.run(65.99), therapist) == []
    (tick,) = said(world.run(66.5), therapist)
    assert tick["elapsed_s"] == 61.0


def test_patient_never_hears_the_clock_that_the_setting_hides() -> None:
    world = World(RoomCommand(show_clock_to_patient=False))
    therapist, patient = world.pair()
    world.room.set_gate(True, 5.0)
    outputs = world.run(10.0)
    assert all(m["type"] != "clock" for m in said(outputs, patient))
    assert any(m["type"] == "clock" for m in said(outputs, therapist))


def test_setting_changed_during_the_call_shows_and_hides_the_clock_at_once() -> None:
    world = World()
    therapist, patient = world.pair()
    world.room.set_gate(True, 5.0)
    world.drain()
    world.room.command(RoomCommand(gate_open=True, show_clock_to_patient=False), 6.0)
    outputs = world.drain()
    assert said(outputs, patient) == [{"type": "clock_hidden"}]
    assert said(outputs, therapist) == []
    world.room.command(RoomCommand(gate_open=True, show_clock_to_patient=True), 7.0)
    (message,) = said(world.drain(), patient)
    assert (message["type"], message["elapsed_s"]) == ("clock", 2.0)


def test_held_room_closes_the_gates_and_its_elapsed_time_goes_on() -> None:
    world = World()
    therapist, patient = world.pair()
    world.room.set_gate(True, 5.0)
    world.run(15.0)
    world.core.take()
    world.room.set_gate(False, 15.0)
    assert world.core.take() == [("gate", T, False), ("gate", P, False)]
    assert {"type": "cap", "video_bps": WAITING_VIDEO_BPS} in said(world.drain(), patient)
    outputs = world.run(25.5)
    assert [m["elapsed_s"] for m in said(outputs, therapist)] == [float(n) for n in range(11, 21)]
    assert {m["connected_s"] for m in said(outputs, therapist)} == {10.0}
    assert [(clock.wall_s, clock.connected_s) for clock in clocks(outputs)] == [
        (15.0, 10.0),
        (20.0, 10.0),
    ]


def test_lost_peer_is_told_to_the_other_and_booked_on_its_line() -> None:
    world = World()
    therapist, patient = world.pair()
    world.room.set_gate(True, 0.0)
    world.drain()
    world.lose(patient, 10.0)
    outputs = world.drain()
    assert PeerLost(room="room", peer=patient.id) in outputs
    assert said(outputs, therapist) == [
        {"type": "other", "connected": False, "paused": False, "weak": False}
    ]
    world.regain(patient, 14.0)
    outputs = world.drain()
    assert said(outputs, therapist) == [
        {"type": "other", "connected": True, "paused": False, "weak": False}
    ]
    (clock,) = clocks(outputs)
    assert (clock.wall_s, clock.connected_s, clock.lost.patient) == (14.0, 10.0, 4.0)


def test_room_made_with_an_open_gate_and_a_clock_goes_on_from_them() -> None:
    left = ClockState(started_at=NOON, wall_s=60.0, connected_s=60.0)
    world = World(RoomCommand(gate_open=True, clock=left))
    world.pair(now=2.0)
    state = world.room.state(5.0)
    assert state.gate_open
    assert state.clock is not None
    assert state.clock.started_at == NOON
    assert (state.clock.connected_s, state.clock.lost.server) == (63.0, 2.0)


def test_clock_in_a_later_command_is_ignored_once_ours_runs() -> None:
    world = World()
    world.pair()
    world.room.set_gate(True, 0.0)
    left = ClockState(started_at=NOON, wall_s=600.0, connected_s=600.0)
    world.room.command(RoomCommand(gate_open=True, clock=left), 5.0)
    clock = world.room.state(5.0).clock
    assert clock is not None
    assert clock.wall_s == 5.0
