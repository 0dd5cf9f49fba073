"""The pair: who has which place, when the gate opens, and what everybody is told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sfu.base.media import Slot
from sfu.engine.caps import WAITING_VIDEO_BPS
from sfu.engine.outputs import StateMessage
from sfu.engine.room import RoomOutput
from sfu.errors import StateError
from sfu.messages import (
    GateMoved,
    PeerClosed,
    PeerClosedReason,
    PeerConnected,
    PeerJoined,
    Role,
    RoomClosed,
    RoomCommand,
)
from tests.sfu.engine.room.world import P, T, World, said


def told(outputs: Sequence[RoomOutput]) -> list[RoomOutput]:
    return [o for o in outputs if not isinstance(o, StateMessage)]


def test_screen_of_a_patient_who_may_show_none_is_refused_whichever_comes_first() -> None:
    world = World(RoomCommand(relay_patients_screen=False))
    therapist, patient = world.add(Role.THERAPIST, T), world.add(Role.PATIENT, P)
    world.connect(therapist, 0.0)
    assert ("refuse", T, Slot.SCREEN, True) not in world.core.take()  # hers is relayed
    world.connect(patient, 0.0)
    assert ("refuse", P, Slot.SCREEN, True) in world.core.take()
    world.room.command(RoomCommand(relay_patients_screen=True), 1.0)
    assert world.core.take() == [("refuse", P, Slot.SCREEN, False)]
    assert world.room.state(1.0).relay_patients_screen
    world.room.command(RoomCommand(relay_patients_screen=False), 2.0)
    world.room.command(RoomCommand(relay_patients_screen=False), 3.0)
    assert world.core.take() == [("refuse", P, Slot.SCREEN, True)]


def test_first_peer_gets_a_closed_gate_and_no_route() -> None:
    world = World()
    peer = world.add(Role.PATIENT, P)
    world.connect(peer, 1.0)
    assert world.core.take() == [("add", P), ("gate", P, False)]
    outputs = world.drain()
    joined, connected = told(outputs)
    assert isinstance(joined, PeerJoined)
    assert not joined.peer.connected
    assert connected == PeerConnected(room="room", peer=peer.id)


def test_fresh_channel_is_told_how_things_stand() -> None:
    world = World()
    patient = world.add(Role.PATIENT, P)
    world.connect(patient, 1.0)
    assert said(world.drain(), patient) == [
        {"type": "gate", "open": False},
        {"type": "cap", "video_bps": WAITING_VIDEO_BPS},
        {"type": "other", "connected": False, "paused": False, "weak": False},
    ]


def test_second_peer_is_routed_but_its_gate_stays_closed() -> None:
    world = World()
    world.connect(world.add(Role.THERAPIST, T), 1.0)
    world.core.take()
    world.connect(world.add(Role.PATIENT, P), 2.0)
    assert world.core.take() == [("add", P), ("gate", P, False), ("route", T, P)]


def test_opening_the_gate_opens_both_and_says_so() -> None:
    world = World()
    therapist, patient = world.pair()
    world.room.set_gate(True, 5.0)
    assert world.core.take() == [("gate", T, True), ("gate", P, True)]
    outputs = world.drain()
    assert GateMoved(room="room", open=True) in outputs
    for peer in (therapist, patient):
        assert said(outputs, peer)[:2] == [
            {"type": "gate", "open": True},
            {"type": "cap", "video_bps": WAITING_VIDEO_BPS},
        ]


def test_gate_moved_to_where_it_is_does_nothing() -> None:
    world = World()
    world.pair()
    world.room.set_gate(False, 5.0)
    assert world.drain() == []
    assert world.core.take() == []


def test_replaced_peer_hears_it_first_and_the_gate_stays_open_for_the_next() -> None:
    world = World()
    therapist, patient = world.pair()
    world.room.set_gate(True, 0.0)
    world.drain()
    world.core.take()
    world.room.remove(patient, PeerClosedReason.REPLACED, 10.0)
    outputs = world.drain()
    assert outputs[0] == StateMessage(patient.id, {"type": "closed", "reason": "replaced"})
    closed = PeerClosed(room="room", peer=patient.id, reason=PeerClosedReason.REPLACED)
    assert closed in outputs
    assert world.core.take() == [("unroute", T, P), ("remove", P)]
    newcomer = world.add(Role.PATIENT, 3, 10.0)
    world.connect(newcomer, 11.0)
    assert world.core.take() == [("add", 3), ("gate", 3, True), ("route", T, 3)]
    outputs = world.drain()
    assert {"type": "gate", "open": True} in said(outputs, newcomer)
    assert {"type": "other", "connected": True, "paused": False, "weak": False} in said(
        outputs, therapist
    )


def test_place_is_given_once() -> None:
    world = World()
    world.add(Role.PATIENT, P)
    with pytest.raises(StateError):
        world.add(Role.PATIENT, 3)


def test_closed_room_closes_both_peers_and_says_why() -> None:
    world = World()
    therapist, patient = world.pair()
    world.room.close(10.0)
    outputs = world.drain()
    for peer in (therapist, patient):
        assert {"type": "closed", "reason": "room_closed"} in said(outputs, peer)
        assert peer.closed is PeerClosedReason.ROOM_CLOSED
    assert outputs[-1] == RoomClosed(room="room")
    assert world.core.peers == set()


def test_peer_without_an_open_channel_is_sent_no_message() -> None:
    world = World()
    patient = world.add(Role.PATIENT, P)
    world.connect(patient, 1.0, greet=False)
    world.room.set_gate(True, 2.0)
    assert said(world.drain(), patient) == []
