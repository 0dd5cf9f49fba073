"""The pair: who has which place, when the gate opens, and what everybody is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest

from sfu.bandwidth.allocation import CEILING_BPS
from sfu.errors import StateError
from sfu.messages import (
    ClockState,
    ClockTicked,
    GateMoved,
    PeerClosed,
    PeerClosedReason,
    PeerConnected,
    PeerJoined,
    PeerLost,
    Role,
    RoomClosed,
    RoomCommand,
)
from sfu.native import PacketCore
from sfu.outputs import StateMessage
from sfu.peer import Peer
from sfu.room import WAITING_VIDEO_BPS, Room, RoomOutput
from sfu.rtp.media import Codec, MediaLine, Slot
from sfu.sdp import Offer, Section
from tests.sfu.fakes import KEYS, OFFER, FakeCore, FakeTransport, make_peer

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
T, P = 1, 2


class World:
    def __init__(self, command: RoomCommand | None = None) -> None:
        self.core = FakeCore()
        self.room = Room(
            "room",
            command or RoomCommand(),
            core=cast("PacketCore", self.core),
            utc=lambda now: datetime.fromtimestamp(NOON.timestamp() + now, UTC),
            now=0.0,
        )

    def add(self, role: Role, number: int, now: float = 0.0, offer: Offer = OFFER) -> Peer:
        peer = make_peer(self.core, FakeTransport(), number=number, role=role, offer=offer)
        self.room.add(peer, now)
        return peer

    def connect(self, peer: Peer, now: float, *, greet: bool = True) -> None:
        """Let the handshake end, and the state channel open."""
        transport = cast("FakeTransport", peer._transport)
        transport.events.append(KEYS)
        peer.receive_datagram(b"", ("192.0.2.1", 1, 0), now)
        self.room.peer_connected(peer, first=True, now=now)
        if greet:
            peer.channels_open = True
            self.room.greet(peer, now)

    def lose(self, peer: Peer, now: float) -> None:
        peer.connected = False
        self.room.peer_lost(peer, now)

    def regain(self, peer: Peer, now: float) -> None:
        peer.connected = True
        self.room.peer_connected(peer, first=False, now=now)

    def drain(self) -> list[RoomOutput]:
        outputs = []
        while (output := self.room.next_event()) is not None:
            outputs.append(output)
        return outputs

    def run(self, until: float) -> list[RoomOutput]:
        while (at := self.room.next_timeout()) is not None and at <= until:
            self.room.handle_timeout(at)
        return self.drain()

    def pair(self, now: float = 0.0) -> tuple[Peer, Peer]:
        therapist, patient = self.add(Role.THERAPIST, T), self.add(Role.PATIENT, P)
        self.connect(therapist, now)
        self.connect(patient, now)
        self.drain()
        self.core.take()
        return therapist, patient


def said(outputs: Sequence[RoomOutput], peer: Peer) -> list[dict[str, object]]:
    return [o.message for o in outputs if isinstance(o, StateMessage) and o.peer == peer.id]


def told(outputs: Sequence[RoomOutput]) -> list[RoomOutput]:
    return [o for o in outputs if not isinstance(o, StateMessage)]


def caps(outputs: Sequence[RoomOutput]) -> list[object]:
    messages = [o.message for o in outputs if isinstance(o, StateMessage)]
    return [message["video_bps"] for message in messages if message["type"] == "cap"]


def clocks(outputs: Sequence[RoomOutput]) -> list[ClockState]:
    return [o.clock for o in outputs if isinstance(o, ClockTicked)]


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
        {"type": "other", "connected": False},
    ]


@pytest.mark.parametrize(
    ("patients", "therapist_sends", "patient_sends"),
    [
        (("H264",), "H264", None),
        (("VP8",), None, None),
        (("VP8", "H264"), None, None),
        (("AV1",), None, None),  # nothing can help them; sound still can
    ],
)
def test_each_is_told_the_codec_that_the_other_has(
    patients: tuple[str, ...], therapist_sends: str | None, patient_sends: str | None
) -> None:
    world = World()
    therapist = world.add(Role.THERAPIST, T, offer=offering("VP8", "H264"))
    world.connect(therapist, 1.0)
    patient = world.add(Role.PATIENT, P, offer=offering(*patients))
    world.connect(patient, 2.0)
    outputs = world.drain()
    assert codecs(outputs, therapist) == [therapist_sends]
    assert codecs(outputs, patient) == [patient_sends]


def test_the_first_codec_is_sent_again_when_the_next_one_has_it() -> None:
    world = World()
    therapist = world.add(Role.THERAPIST, T, offer=offering("VP8", "H264"))
    world.connect(therapist, 1.0)
    patient = world.add(Role.PATIENT, P, offer=offering("H264"))
    world.connect(patient, 2.0)
    world.room.remove(patient, PeerClosedReason.REPLACED, 3.0)
    world.connect(world.add(Role.PATIENT, 3, offer=offering("VP8")), 4.0)
    assert codecs(world.drain(), therapist) == ["H264", None]


def offering(*names: str) -> Offer:
    camera = MediaLine(
        Slot.CAMERA,
        mid="1",
        codecs=tuple(Codec(name, 96 + n, 90_000) for n, name in enumerate(names)),
        up_ssrc=1,
        up_rtx_ssrc=None,
        down_ssrc=2,
        down_rtx_ssrc=3,
    )
    section = Section("video", "UDP/TLS/RTP/SAVPF", "1", (), camera, "sendrecv")
    return replace(OFFER, sections=(section,))


def codecs(outputs: Sequence[RoomOutput], peer: Peer) -> list[object]:
    return [message["video"] for message in said(outputs, peer) if message["type"] == "codec"]


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


def test_caps_are_lifted_once_the_first_key_frame_had_its_time() -> None:
    world = World()
    therapist, patient = world.pair()
    world.room.set_gate(True, 5.0)
    world.drain()
    assert world.run(5.2) == []
    outputs = world.run(5.3)
    for peer in (therapist, patient):
        assert said(outputs, peer) == [{"type": "cap", "video_bps": CEILING_BPS}]


def test_client_without_a_page_is_capped_by_the_core() -> None:
    world = World()
    peer = world.add(Role.PATIENT, P)
    peer.offer = replace(peer.offer, sctp_port=None)
    world.connect(peer, 0.0, greet=False)
    assert ("cap", P, WAITING_VIDEO_BPS) in world.core.take()
    world.room.set_gate(True, 5.0)
    world.run(6.0)
    assert world.core.take()[-1] == ("cap", P, CEILING_BPS)


def test_gate_that_closes_again_at_once_lifts_no_cap() -> None:
    world = World()
    world.pair()
    world.room.set_gate(True, 5.0)
    world.room.set_gate(False, 5.1)
    world.drain()
    assert CEILING_BPS not in caps(world.run(7.0))


def test_page_that_comes_into_a_running_call_may_send_at_full_rate() -> None:
    world = World()
    world.pair()
    world.room.set_gate(True, 5.0)
    world.run(6.0)
    world.room.remove(world.room.places[Role.PATIENT], PeerClosedReason.REPLACED, 6.5)
    world.drain()
    again = world.add(Role.PATIENT, 3, 7.0)
    world.connect(again, 7.0)
    assert {"type": "cap", "video_bps": CEILING_BPS} in said(world.drain(), again)


def test_gate_moved_to_where_it_is_does_nothing() -> None:
    world = World()
    world.pair()
    world.room.set_gate(False, 5.0)
    assert world.drain() == []
    assert world.core.take() == []


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


def test_held_room_closes_the_gates_and_stops_the_clock() -> None:
    world = World()
    therapist, patient = world.pair()
    world.room.set_gate(True, 5.0)
    world.drain()
    world.core.take()
    world.room.set_gate(False, 15.0)
    assert world.core.take() == [("gate", T, False), ("gate", P, False)]
    assert {"type": "cap", "video_bps": WAITING_VIDEO_BPS} in said(world.drain(), patient)
    outputs = world.run(25.5)
    assert clocks(outputs) == []  # control knows it stands; the pages are told that it does
    assert {m["elapsed_s"] for m in said(outputs, therapist)} == {10.0}


def test_lost_peer_is_told_to_the_other_and_booked_on_its_line() -> None:
    world = World()
    therapist, patient = world.pair()
    world.room.set_gate(True, 0.0)
    world.drain()
    world.lose(patient, 10.0)
    outputs = world.drain()
    assert PeerLost(room="room", peer=patient.id) in outputs
    assert said(outputs, therapist) == [{"type": "other", "connected": False}]
    world.regain(patient, 14.0)
    outputs = world.drain()
    assert said(outputs, therapist) == [{"type": "other", "connected": True}]
    (clock,) = clocks(outputs)
    assert (clock.wall_s, clock.connected_s, clock.lost.patient) == (14.0, 10.0, 4.0)


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
    assert {"type": "other", "connected": True} in said(outputs, therapist)


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


def test_peer_without_an_open_channel_is_sent_no_message() -> None:
    world = World()
    patient = world.add(Role.PATIENT, P)
    world.connect(patient, 1.0, greet=False)
    world.room.set_gate(True, 2.0)
    assert said(world.drain(), patient) == []
