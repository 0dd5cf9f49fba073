"""Rooms that nobody claims any more end by themselves."""

from __future__ import annotations

import pytest

from sfu.engine.fencing import ALWAYS, Validity
from sfu.engine.peer import HANDSHAKE_LIMIT_S
from sfu.engine.room import UNCLAIMED_CLOSED_AFTER_S
from sfu.errors import Late, NoRoom
from sfu.messages import Role, RoomClosed, RoomCommand
from tests.support.plane import World

CLOSED = RoomClosed(room="room")


def test_room_without_peers_and_commands_is_closed_after_ten_minutes(world: World) -> None:
    assert CLOSED not in world.run(UNCLAIMED_CLOSED_AFTER_S - 1)
    assert CLOSED in world.run(2)
    with pytest.raises(NoRoom):
        world.engine.rooms.find("room").state(world.now)
    assert world.engine.next_timeout() is None


def test_open_gate_keeps_no_empty_room(world: World) -> None:
    world.gate(True)
    assert CLOSED in world.run(UNCLAIMED_CLOSED_AFTER_S + 1)


@pytest.mark.parametrize("rounds", [1, 3])
def test_each_command_keeps_the_room_for_another_while(world: World, rounds: int) -> None:
    for _ in range(rounds):
        assert CLOSED not in world.run(UNCLAIMED_CLOSED_AFTER_S - 1)
        world.engine.admit_command("room", ALWAYS, world.now)
        world.engine.ensure_room("room", RoomCommand(), world.now)
    assert CLOSED not in world.run(UNCLAIMED_CLOSED_AFTER_S - 1)
    assert CLOSED in world.run(2)


def test_refused_command_keeps_no_room(world: World) -> None:
    world.run(UNCLAIMED_CLOSED_AFTER_S - 1)
    with pytest.raises(Late):
        world.engine.admit_command("room", Validity(deadline=0.0), world.now)
    assert CLOSED in world.run(2)


def test_room_with_a_peer_stays_and_ends_ten_minutes_after_it_left(world: World) -> None:
    patient = world.person(Role.PATIENT, 40_002, 2)
    patient.talks = False
    patient.join()
    world.network.run_until(lambda: patient.browser.connected)
    for _ in range(round(UNCLAIMED_CLOSED_AFTER_S / 10) + 2):
        patient.browser.send_data(b"ping")
        assert CLOSED not in world.run(10)
    world.engine.leave("room", patient.id, world.now)
    assert CLOSED not in world.run(UNCLAIMED_CLOSED_AFTER_S - 1)
    assert CLOSED in world.run(2)


def test_joining_that_is_never_finished_leaves_neither_peer_nor_room(world: World) -> None:
    patient = world.person(Role.PATIENT, 40_002, 2)
    patient.path.loss = 1.0
    patient.join()
    world.run(HANDSHAKE_LIMIT_S + 1)
    assert world.room.peers == []
    world.run(UNCLAIMED_CLOSED_AFTER_S)
    assert world.engine.rooms == {}
    assert len(world.engine.peers) == 0


def test_time_in_which_the_process_stood_still_does_not_count(world: World) -> None:
    world.gate(True)  # so that the engine has something to do, and notices
    world.run(1)
    world.network.clock.advance(UNCLAIMED_CLOSED_AFTER_S)
    assert CLOSED not in world.run(UNCLAIMED_CLOSED_AFTER_S - 10)
    assert CLOSED in world.run(10)
