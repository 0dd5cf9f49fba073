"""What the node refuses because it is late, overtaken, or too much; nothing changes then."""

from __future__ import annotations

import pytest

from sfu.base.limits import JOINS_PER_MINUTE, NodeLimits
from sfu.engine.engine import Engine
from sfu.engine.fencing import KEPT_AFTER_S, Validity
from sfu.engine.peer import HANDSHAKE_LIMIT_S, LINGER_S
from sfu.engine.room import UNCLAIMED_CLOSED_AFTER_S
from sfu.errors import Full, SdpError, SlowDown, Stale
from sfu.messages import Role, RoomCommand
from tests.support.browser import VirtualBrowser
from tests.support.plane import World

OFFER = VirtualBrowser(seed=7).offer


def limited(world: World, limits: NodeLimits) -> Engine:
    """The world's engine, with limits of this test."""
    world.engine._admission._limits = limits
    return world.engine


def join(world: World, room: str, participant: str = "somebody") -> str:
    return world.engine.join(room, participant, Role.PATIENT, OFFER, world.now)[0]


def test_generation_outlives_the_room_and_its_own_end(world: World) -> None:
    world.engine.admit_command("room", Validity(generation=5), world.now)
    world.run(UNCLAIMED_CLOSED_AFTER_S + 1)
    assert world.engine.rooms == {}
    with pytest.raises(Stale):
        world.engine.admit_command("room", Validity(generation=5), world.now)


def test_generation_of_a_closed_room_is_forgotten_in_the_end(world: World) -> None:
    world.engine.admit_command("room", Validity(generation=5), world.now)
    world.engine.close_room("room", world.now)
    world.network.clock.advance(KEPT_AFTER_S)
    world.engine.admit_command("room", Validity(generation=1), world.now)


def test_room_made_anew_keeps_its_number_for_ever(world: World) -> None:
    world.engine.close_room("room", world.now)
    world.engine.admit_command("room", Validity(generation=5), world.now)
    world.engine.ensure_room("room", RoomCommand(), world.now)
    for _ in range(3):
        world.run(UNCLAIMED_CLOSED_AFTER_S - 1)
        world.engine.admit_command("room", Validity(), world.now)
    with pytest.raises(Stale):
        world.engine.admit_command("room", Validity(generation=5), world.now)


def test_room_beyond_the_limit_is_refused_and_those_there_are_served(world: World) -> None:
    engine = limited(world, NodeLimits(rooms=2))
    engine.ensure_room("second", RoomCommand(), world.now)
    with pytest.raises(Full):
        engine.ensure_room("third", RoomCommand(), world.now)
    assert set(engine.rooms) == {"room", "second"}
    assert engine.ensure_room("second", RoomCommand(gate_open=True), world.now).gate_open
    engine.close_room("room", world.now)
    engine.ensure_room("third", RoomCommand(), world.now)


def test_half_open_peers_are_limited_and_leave_by_themselves(world: World) -> None:
    engine = limited(world, NodeLimits(half_open_peers=3))
    for index in range(4):
        engine.ensure_room(f"r{index}", RoomCommand(), world.now)
    for index in range(3):
        join(world, f"r{index}")
    with pytest.raises(Full):
        join(world, "r3")
    assert engine.rooms.find("r3").state(world.now).peers == []
    world.run(HANDSHAKE_LIMIT_S + LINGER_S + 0.1)
    join(world, "r3")


def test_connected_peers_do_not_count_as_half_open(world: World) -> None:
    limited(world, NodeLimits(half_open_peers=1))
    patient = world.person(Role.PATIENT, 40_002, 2)
    patient.join()
    world.network.run_until(lambda: patient.browser.connected)
    therapist = world.person(Role.THERAPIST, 40_001, 1)
    therapist.join()
    world.network.run_until(lambda: therapist.browser.connected)


def test_full_node_still_lets_a_half_open_peer_be_replaced(world: World) -> None:
    limited(world, NodeLimits(half_open_peers=1))
    join(world, "room")
    again = join(world, "room")
    assert [peer.id for peer in world.room.peers] == [again]


def test_refused_offer_leaves_the_older_connection_alone(world: World) -> None:
    _, patient = world.pair()
    limited(world, NodeLimits(half_open_peers=0))
    with pytest.raises(Full):
        join(world, "room", "patient")
    assert patient.state.connected


def test_participant_that_joins_again_and_again_is_slowed_down(world: World) -> None:
    for _ in range(JOINS_PER_MINUTE):
        join(world, "room")
    (kept,) = world.room.peers
    with pytest.raises(SlowDown):
        join(world, "room")
    assert world.room.peers == [kept]
    world.engine.join("room", "other", Role.THERAPIST, OFFER, world.now)
    world.run(60 / JOINS_PER_MINUTE + 0.1)
    join(world, "room")


def test_replaced_peers_do_not_pile_up(world: World) -> None:
    for _ in range(JOINS_PER_MINUTE):
        join(world, "room")
    assert len(world.engine.peers) <= JOINS_PER_MINUTE
    world.run(LINGER_S + 0.1)
    assert len(world.engine.peers) == 1


def test_bad_offers_count_as_joining(world: World) -> None:
    for _ in range(JOINS_PER_MINUTE):
        with pytest.raises(SdpError):
            world.engine.join("room", "somebody", Role.PATIENT, "v=0\r\n", world.now)
    with pytest.raises(SlowDown):
        join(world, "room")
