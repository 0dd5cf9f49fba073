"""Places and rooms: taken, freed, closed, and apart from each other."""

from __future__ import annotations

import pytest

from sfu.base.media import Slot
from sfu.errors import NoPeer, NoRoom, PlaceTaken, SdpError
from sfu.messages import Role, RoomClosed, RoomCommand
from tests.support.browser import VirtualBrowser
from tests.support.plane import World, said


def test_another_participant_finds_the_place_taken(world: World) -> None:
    _, patient = world.pair(gate_open=True)
    intruder = world.person(Role.PATIENT, 40_004, 4)
    with pytest.raises(PlaceTaken):
        intruder.join("somebody-else")
    assert patient.state.connected
    assert len(world.room.peers) == 2


def test_bad_offer_leaves_the_old_connection_alone(world: World) -> None:
    _, patient = world.pair()
    with pytest.raises(SdpError):
        world.engine.join("room", "patient", Role.PATIENT, "v=0\r\n", world.now)
    assert patient.state.connected


def test_closed_room_tells_both_and_is_gone(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.run(1.0)
    world.engine.close_room("room", world.now)
    told = world.run(1.0)
    for person in (therapist, patient):
        assert said(told, person, "closed") == [{"type": "closed", "reason": "room_closed"}]
        assert person.browser.remote_closed
    assert RoomClosed(room="room") in told
    with pytest.raises(NoRoom):
        world.engine.rooms.find("room").state(world.now)


def test_engine_forgets_everything_about_whom_it_served(world: World) -> None:
    for seed in range(5):
        person = world.person(Role.PATIENT, 41_000 + seed, seed)
        person.join()
        world.run(1.0)
    world.engine.close_room("room", world.now)
    world.run(1.0)
    engine = world.engine
    names = (engine.peers._by_id, engine.peers._by_ufrag, engine.peers._by_address)
    assert [len(each) for each in (*names, engine.rooms, engine._timers)] == [0] * 5
    assert engine.next_timeout() is None


def test_deleted_peer_frees_its_place(world: World) -> None:
    _, patient = world.pair()
    world.engine.leave("room", patient.id, world.now)
    other = world.person(Role.PATIENT, 40_004, 4)
    other.join("somebody-else")
    world.run(1.0)
    assert other.state.connected
    with pytest.raises(NoPeer):
        world.engine.leave("room", patient.id, world.now)


def test_peer_of_another_room_cannot_be_deleted_through_this_one(world: World) -> None:
    _, patient = world.pair()
    world.engine.ensure_room("other", RoomCommand(), world.now)
    with pytest.raises(NoPeer):
        world.engine.leave("other", patient.id, world.now)


def test_rooms_never_hear_each_other(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.engine.ensure_room("other", RoomCommand(gate_open=True), world.now)
    outsider = VirtualBrowser(seed=9)
    _, answer = world.engine.join("other", "x", Role.PATIENT, outsider.offer, world.now)
    world.network.attach(outsider, ("192.0.2.9", 40_009, 0))
    outsider.set_answer(answer, world.now)
    world.run(3.0)
    assert outsider.connected
    assert outsider.received_rtp == []
    assert therapist.heard(Slot.AUDIO)
    assert patient.heard(Slot.AUDIO)


def test_shut_down_says_goodbye_to_every_browser(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.engine.shut_down(world.now)
    told = world.run(0.1)
    assert therapist.browser.remote_closed
    assert patient.browser.remote_closed
    assert said(told, patient, "closed") == []  # its page shall come back, to another node
