"""The clock of a call: what each line lost, and who hears of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sfu.messages import ClockTicked, PeerLost, Role
from tests.support.plane import UTC_OFFSET, World, said


def test_clock_starts_at_contact_and_books_what_each_line_lost(world: World) -> None:
    therapist, patient = world.pair()
    world.run(10.0)
    assert world.room.clock is None
    contact_at = world.now
    world.gate(True)
    world.run(10.0)
    for person, cut_s in ((patient, 6.0), (therapist, 4.0)):
        person.path.loss = 1.0
        world.run(cut_s)
        person.path.loss = 0.0
        world.run(10.0)
    clock = world.room.clock
    assert clock is not None
    assert clock.started_at == datetime.fromtimestamp(contact_at + UTC_OFFSET, UTC)
    assert clock.wall_s == pytest.approx(40.0)
    assert clock.lost.patient == pytest.approx(6.0 - 1.5, abs=0.15)  # noticed 1.5 s late
    assert clock.lost.therapist == pytest.approx(4.0 - 1.5, abs=0.15)
    assert clock.lost.server == 0.0
    assert clock.connected_s == pytest.approx(40.0 - 7.0, abs=0.3)


@pytest.mark.parametrize("first", ["datagrams", "deadlines"])
def test_process_that_stood_still_blames_nobodys_line(world: World, first: str) -> None:
    world.pair(gate_open=True)
    world.run(10.0)
    world.network.clock.advance(8.0)  # stopped: datagrams wait in the socket, deadlines pass
    if first == "deadlines":  # as libuv does: it looks at its timers before the sockets
        world.engine.handle_timeout(world.now)
    told = world.run(5.0)
    assert not [e for e in told if isinstance(e, PeerLost)]
    clock = world.room.clock
    assert clock is not None
    assert clock.lost.server == pytest.approx(8.0, abs=0.2)
    assert (clock.lost.patient, clock.lost.therapist) == (0.0, 0.0)
    assert clock.connected_s == pytest.approx(15.0, abs=0.3)
    assert world.engine.stalls == 1


def test_clock_survives_a_reload(world: World) -> None:
    world.pair(gate_open=True)
    world.run(10.0)
    again = world.person(Role.PATIENT, 40_003, 3)
    again.join()
    world.run(10.0)
    clock = world.room.clock
    assert clock is not None
    assert clock.wall_s == pytest.approx(20.0)
    assert 0 < clock.lost.patient < 0.3


def test_control_hears_of_the_clock_at_contact_and_every_five_seconds(world: World) -> None:
    world.pair()
    world.run(1.0)
    world.gate(True)
    told = world.run(11.0)
    walls = [e.clock.wall_s for e in told if isinstance(e, ClockTicked)]
    assert walls == [pytest.approx(0.0), pytest.approx(5.0), pytest.approx(10.0)]


def test_each_page_hears_of_the_clock_every_second(world: World) -> None:
    therapist, patient = world.pair()
    world.run(1.0)
    world.gate(True)
    told = world.run(5.5)
    for person in (therapist, patient):
        elapsed = [message["elapsed_s"] for message in said(told, person, "clock")]
        assert elapsed == [pytest.approx(float(n)) for n in range(6)]
