"""The whole media plane in virtual time: two browsers, one engine, and everything between."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from itertools import count

import pytest
from aiortc.rtp import RtcpPacket, RtcpSdesPacket

from sfu.address import Address
from sfu.engine import EngineEvent
from sfu.errors import NoPeer, NoRoom, PlaceTaken, SdpError
from sfu.liveness import CLOSED_AFTER_S
from sfu.messages import (
    ClockTicked,
    PeerClosed,
    PeerClosedReason,
    PeerConnected,
    PeerJoined,
    PeerLost,
    PeerReported,
    Role,
    RoomClosed,
    RoomCommand,
)
from sfu.outputs import ChannelData, ChannelsStarted, PeerGone, PingEcho, SignAsked
from sfu.peer import HANDSHAKE_LIMIT_S, LINGER_S
from sfu.rtp.media import Slot
from sfu.stats import DropReason
from sfu.transport.ice import MAX_CHECKED_ADDRESSES
from sfu.transport.inquiry import SENT_AFTER_S
from tests.support.browser import VirtualBrowser
from tests.support.plane import (
    KEYFRAME,
    STRANGER,
    UTC_OFFSET,
    World,
    said,
)


class Listener:
    """Somebody who keeps what comes and says nothing."""

    def __init__(self, heard: list[bytes]) -> None:
        self.heard = heard

    def receive_datagram(self, data: bytes, addr: Address, now: float) -> None:
        self.heard.append(data)

    def handle_timeout(self, now: float) -> None: ...

    def next_timeout(self) -> float | None:
        return None

    def poll_transmit(self) -> tuple[bytes, Address] | None:
        return None


@pytest.fixture
def world() -> World:
    return World()


# -- contact ----------------------------------------------------------------------------------


def test_peer_joins_then_connects_then_opens_its_channels(world: World) -> None:
    patient = world.person(Role.PATIENT, 40_002, 2)
    patient.join()
    told = world.run(1.0)
    joined, connected, channels = told[:3]
    assert isinstance(joined, PeerJoined)
    assert (joined.peer.id, joined.peer.connected) == (patient.id, False)
    assert connected == PeerConnected(room="room", peer=patient.id)
    assert channels == ChannelsStarted(patient.id, 5000, 262144)


def test_nothing_passes_while_the_gate_is_closed(world: World) -> None:
    therapist, patient = world.pair()
    world.run(5.0)
    for person in (therapist, patient):
        assert person.browser.received_rtp == []
        assert person.state.forwarded_packets == 0
        assert person.state.connected


def test_proof_of_what_arrives_is_there_before_the_gate_opens(world: World) -> None:
    _, patient = world.pair()
    told = world.run(3.0)
    proof = patient.state.proof
    assert proof.heard_age_ms is not None
    assert proof.heard_age_ms <= 40
    assert proof.seen_age_ms is not None
    assert proof.seen_age_ms <= 60
    assert proof.frames_per_s == pytest.approx(25, abs=2)
    messages = said(told, patient, "media")
    assert len(messages) == pytest.approx(6, abs=1)
    assert set(messages[-1]) == {
        "type",
        "heard_age_ms",
        "level_dbfs",
        "seen_age_ms",
        "frames_per_s",
    }
    reports = [e for e in told if isinstance(e, PeerReported) and e.peer.id == patient.id]
    assert len(reports) == pytest.approx(3, abs=1)


def test_open_gate_brings_sound_and_picture_both_ways(world: World) -> None:
    therapist, patient = world.pair()
    world.run(2.0)
    opened_at = world.now
    world.gate(True)
    world.run(2.0)
    for person in (therapist, patient):
        assert len(person.heard(Slot.AUDIO)) == pytest.approx(100, abs=5)
        assert len(person.heard(Slot.CAMERA)) == pytest.approx(50, abs=8)
        assert min(person.browser.received_at) - opened_at < 0.05
        on_the_way = person.state.forwarded_packets - len(person.browser.received_rtp)
        assert 0 <= on_the_way <= 2


def test_reports_to_a_page_have_the_cname_of_its_answer(world: World) -> None:
    _, patient = world.pair(gate_open=True)
    world.run(2.0)
    patient.talks = False  # whose browser forgets old reports whenever it films
    world.run(0.5)
    (announced,) = set(re.findall(r" cname:(\S+)", patient.browser.answer or ""))
    names = {
        item.items[0][1].decode()
        for compound in patient.browser.received_rtcp
        for packet in RtcpPacket.parse(compound)
        if isinstance(packet, RtcpSdesPacket)
        for item in packet.chunks
    }
    assert names == {announced}


def test_first_picture_after_the_gate_opens_is_a_keyframe(world: World) -> None:
    _, patient = world.pair()
    world.run(2.0)
    world.gate(True)
    world.run(1.0)
    ssrc = patient.browser.down_ssrcs[Slot.CAMERA][0]
    pictures = [p for p in patient.browser.received_rtp if int.from_bytes(p[8:12], "big") == ssrc]
    assert KEYFRAME in pictures[0]


def test_closed_again_nothing_passes_any_more(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.run(1.0)
    world.gate(False)
    world.run(0.1)
    held_at = world.now
    world.run(3.0)
    for person in (therapist, patient):
        assert [at for at in person.browser.received_at if at > held_at] == []


def test_lossy_handshake_connects_all_the_same() -> None:
    world = World(seed=7)
    patient = world.person(Role.PATIENT, 40_002, 2)
    patient.path.loss = 0.2
    patient.join()
    world.network.run_until(lambda: patient.state.connected, limit_s=10.0)


# -- coming back ------------------------------------------------------------------------------


def test_reload_needs_no_second_accept_and_the_other_side_goes_on(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.run(2.0)
    again = world.person(Role.PATIENT, 40_003, 3)
    again.join()
    told = world.run(0.01)
    assert said(told, patient, "closed") == [{"type": "closed", "reason": "replaced"}]
    closed = PeerClosed(room="room", peer=patient.id, reason=PeerClosedReason.REPLACED)
    assert closed in told
    told = world.run(1.0)
    since = world.now
    world.run(1.0)
    assert len(again.heard(Slot.AUDIO, since)) == pytest.approx(50, abs=3)
    assert len(again.heard(Slot.CAMERA, since)) == pytest.approx(25, abs=3)
    assert len(therapist.heard(Slot.AUDIO, since)) == pytest.approx(50, abs=3)
    assert therapist.state.connected
    seqs = therapist.heard(Slot.AUDIO)
    assert seqs == [(seqs[0] + n) & 0xFFFF for n in range(len(seqs))]


def test_old_connection_says_its_last_words_and_is_forgotten(world: World) -> None:
    _, patient = world.pair()
    world.run(1.0)
    again = world.person(Role.PATIENT, 40_003, 3)
    again.join()
    world.engine.send_data(patient.id, b"last words", world.now)
    told = world.run(LINGER_S + 0.1)
    assert patient.browser.received_data == [b"last words"]
    assert patient.browser.remote_closed
    assert PeerGone(patient.id) in told
    assert patient.id not in world.engine.peers


def test_replaced_connection_can_reach_nobody(world: World) -> None:
    therapist, _ = world.pair(gate_open=True)
    world.run(1.0)
    again = world.person(Role.PATIENT, 40_003, 3)
    again.talks = False
    again.join()
    world.run(0.1)
    since = world.now
    world.run(2.0)  # the old page still sends
    assert therapist.heard(Slot.AUDIO, since) == []
    assert world.engine.core.stats.dropped[DropReason.UNKNOWN_ADDRESS] > 0


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


def test_cut_line_is_lost_then_connected_again_without_a_new_offer(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.run(1.0)
    patient.path.loss = 1.0
    told = world.run(3.0)
    assert PeerLost(room="room", peer=patient.id) in told
    assert said(told, therapist, "other") == [{"type": "other", "connected": False}]
    patient.path.loss = 0.0
    told = world.run(0.2)
    assert PeerConnected(room="room", peer=patient.id) in told
    assert said(told, therapist, "other") == [{"type": "other", "connected": True}]
    since = world.now
    world.run(1.0)
    assert len(therapist.heard(Slot.AUDIO, since)) == pytest.approx(50, abs=3)


def test_spare_credentials_move_a_connection_to_another_network(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.run(1.0)
    connected_at = patient.browser.connected_at
    world.network.move(patient.browser, ("192.0.2.99", 55_555, 0))
    patient.browser.restart_ice(world.now)
    told = world.run(1.0)
    assert not [e for e in told if isinstance(e, PeerLost | PeerClosed)]
    since = world.now
    world.run(1.0)
    for person in (therapist, patient):
        assert len(person.heard(Slot.AUDIO, since)) == pytest.approx(50, abs=3)
        assert len(person.heard(Slot.CAMERA, since)) == pytest.approx(25, abs=3)
    assert patient.browser.connected_at == connected_at


@pytest.mark.parametrize("loss", [0.0, 0.3])
def test_new_port_of_a_nat_costs_one_who_sends_a_round_trip(world: World, loss: float) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.run(1.0)
    patient.path.loss = loss
    world.network.move(patient.browser, ("192.0.2.99", 55_555, 0))
    moved_at = world.now
    world.run(0.05 if not loss else 0.5)
    patient.path.loss = 0
    since = world.now
    world.run(0.5)
    for person in (therapist, patient):
        assert len(person.heard(Slot.AUDIO, since)) == pytest.approx(25, abs=2)
    assert len(therapist.heard(Slot.AUDIO, moved_at)) >= (25 if not loss else 35)
    assert patient.state.connected


def test_overheard_packet_sent_on_from_elsewhere_moves_nothing(world: World) -> None:
    _, patient = world.pair(gate_open=True)
    world.run(1.0)
    overheard: list[bytes] = []
    send = patient.browser.send_rtp

    def overhear(packet: bytes) -> None:
        send(packet)
        overheard.append(patient.browser._outgoing.pop()[0])

    patient.browser.send_rtp = overhear  # type: ignore[method-assign]
    world.run(0.1)
    patient.browser.send_rtp = send  # type: ignore[method-assign]
    asked: list[bytes] = []
    world.network.attach(Listener(asked), STRANGER)
    world.engine.receive_datagram(overheard[0], STRANGER, world.now)
    since = world.now
    world.run(5.0)
    assert len(asked) == len(SENT_AFTER_S)
    assert sum(map(len, asked)) < 1000
    assert {data[:2] for data in asked} == {b"\x00\x01"}
    assert len(patient.heard(Slot.AUDIO, since)) == pytest.approx(250, abs=3)


def test_ended_connection_is_sent_nothing_and_a_check_from_elsewhere_takes_over(
    world: World,
) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.run(1.0)
    tapped: list[bytes] = []
    patient.path.drop, patient.path.tap = (lambda _: True), tapped
    world.engine.forget_address(patient.address, world.now)
    told = world.run(2.0)
    sent_to_nowhere = [data for data in tapped if data[0] >= 128 and data[1] in (200, 201)]
    assert sent_to_nowhere == []
    assert world.engine.owner(patient.address) is None
    assert world.engine.core.stats.dropped[DropReason.NO_ADDRESS] > 50
    assert PeerLost(room="room", peer=patient.id) in told

    patient.path.drop = None
    world.network.move(patient.browser, ("192.0.2.1", 40_009, 7))
    patient.browser.restart_ice(world.now)
    told = world.run(1.0)
    assert PeerConnected(room="room", peer=patient.id) in told
    since = world.now
    world.run(1.0)
    for person in (therapist, patient):
        assert len(person.heard(Slot.AUDIO, since)) == pytest.approx(50, abs=3)


def test_ended_connection_of_a_stranger_or_a_former_peer_changes_nothing(world: World) -> None:
    therapist, patient = world.pair()
    world.engine.forget_address(STRANGER, world.now)
    world.engine.leave("room", patient.id, world.now)
    world.engine.forget_address(patient.address, world.now)
    world.run(LINGER_S + 0.1)
    world.engine.forget_address(patient.address, world.now)
    told = world.run(2.0)
    assert not [e for e in told if isinstance(e, PeerLost | PeerClosed)]
    assert therapist.state.connected


@pytest.mark.parametrize("interval_s", [0.5, 1.1], ids=["in front", "hidden tab"])
def test_page_without_devices_that_only_pings_is_neither_lost_nor_closed(
    world: World, interval_s: float
) -> None:
    patient = world.person(Role.PATIENT, 40_002, 2)
    patient.talks = False
    patient.path.jitter_s = 0.2
    patient.join()
    world.network.run_until(lambda: patient.browser.connected)
    told: list[EngineEvent] = []
    ends_at = world.now + CLOSED_AFTER_S + 10
    while world.now < ends_at:
        patient.browser.send_data(b"ping")
        told += world.run(interval_s)
    assert sum(isinstance(event, PeerConnected) for event in told) == 1
    assert not [e for e in told if isinstance(e, PeerLost | PeerClosed)]
    assert patient.state.connected


@pytest.mark.parametrize("talks", [True, False], ids=["sending", "idle"])
def test_page_is_not_lost_while_it_answers_and_told_lost_in_time_after_its_last_packet(
    world: World, talks: bool
) -> None:
    _, patient = world.pair(gate_open=True)
    patient.talks = talks
    cut_at, asked = world.now + 8.0, 0
    while True:
        told = world.run(0.005)
        if [event for event in told if isinstance(event, PeerLost) and event.peer == patient.id]:
            break
        if SignAsked(patient.id) in told:
            asked += 1
            patient.browser.send_data(b"as its SCTP does by itself")
        if world.now >= cut_at:
            patient.path.loss = 1.0
    assert cut_at + 1.0 < world.now < cut_at + 1.5
    assert asked == 3 if talks else asked > 10


def test_two_minutes_of_silence_close_the_peer_and_keep_the_room(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.run(1.0)
    patient.browser.vanish()
    assert CLOSED_AFTER_S == 120  # the pages and `docs/protocol.md` count on it
    told = world.run(CLOSED_AFTER_S - 1)
    assert not [e for e in told if isinstance(e, PeerClosed)]
    told = world.run(2.0)
    closed = PeerClosed(room="room", peer=patient.id, reason=PeerClosedReason.TIMED_OUT)
    assert closed in told
    assert [peer.id for peer in world.room.peers] == [therapist.id]
    assert world.room.gate_open


def test_page_that_closes_has_left_at_once(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.run(1.0)
    patient.browser.close()
    told = world.run(0.1)
    assert PeerClosed(room="room", peer=patient.id, reason=PeerClosedReason.LEFT) in told
    assert said(told, therapist, "other") == [{"type": "other", "connected": False}]


def test_peer_that_never_shakes_hands_fails_after_thirty_seconds(world: World) -> None:
    patient = world.person(Role.PATIENT, 40_002, 2)
    patient.path.loss = 1.0
    patient.join()
    told = world.run(HANDSHAKE_LIMIT_S + 1)
    assert PeerClosed(room="room", peer=patient.id, reason=PeerClosedReason.FAILED) in told
    assert world.room.peers == []


def test_peer_that_runs_into_two_limits_at_once_fails_once(world: World) -> None:
    patient = world.person(Role.PATIENT, 40_002, 2)
    hellos = count()
    patient.path.drop = lambda data: 20 <= data[0] <= 63 and next(hellos) > 0
    patient.join()  # half of its ClientHello comes, and nothing after
    told = world.run(HANDSHAKE_LIMIT_S - 0.1)
    world.network.clock.advance(0.4)  # both its 30 s and those of the handshake are over
    world.engine.handle_timeout(world.now)
    told += world.run(1.0)
    closed = [e.reason for e in told if isinstance(e, PeerClosed)]
    assert closed == [PeerClosedReason.FAILED]


def test_wrong_certificate_fails_the_peer_and_passes_nothing(world: World) -> None:
    patient = world.person(Role.PATIENT, 40_002, 2)
    patient.browser = VirtualBrowser(seed=2, announce_fingerprint=":".join(["AA"] * 32))
    patient.join()
    told = world.run(2.0)
    assert PeerClosed(room="room", peer=patient.id, reason=PeerClosedReason.FAILED) in told
    assert not [e for e in told if isinstance(e, PeerConnected)]


# -- clock ------------------------------------------------------------------------------------


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


# -- strangers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("datagram", "reason"),
    [
        (b"\x00\x01\x00\x00\x21\x12\xa4\x42" + bytes(12), DropReason.UNAUTHENTICATED_CHECK),
        (b"\x00\x01\x00\x08\x21\x12\xa4\x42" + bytes(12) + b"\x00\x06\x00\x04ab:c", None),
        (b"\x16\xfe\xff" + bytes(60), DropReason.UNCHECKED_HANDSHAKE),
        (b"\x17\xfe\xfd" + bytes(60), DropReason.UNCHECKED_HANDSHAKE),
        (b"\xff" * 40, DropReason.MALFORMED),
        (b"", DropReason.MALFORMED),
        (b"\x40hello", DropReason.MALFORMED),
    ],
)
def test_stranger_meets_silence_and_a_counter(
    world: World, datagram: bytes, reason: DropReason | None
) -> None:
    reason = reason or DropReason.UNAUTHENTICATED_CHECK
    world.engine.receive_datagram(datagram, STRANGER, world.now)
    assert world.engine.poll_transmit() is None
    assert world.engine.stats.dropped[reason] == 1


def test_stranger_who_copies_a_running_stream_changes_nothing(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.run(1.0)
    sent: list[bytes] = []

    def listen(data: bytes) -> bool:
        sent.append(data)
        return False  # and loses nothing

    patient.path.drop = listen
    world.run(1.0)
    for datagram in sent:
        if datagram[0] >= 20:  # all but checks: DTLS, RTP, RTCP
            world.engine.receive_datagram(datagram, STRANGER, world.now)
    since = world.now
    world.run(1.0)
    assert patient.state.connected
    assert len(therapist.heard(Slot.AUDIO, since)) == pytest.approx(50, abs=3)
    assert world.engine.owner(STRANGER) is None


def test_junk_from_a_checked_address_ends_nobody_elses_call(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.run(1.0)
    noise = random.Random(5)
    for _ in range(500):
        patient.browser.send_raw(noise.randbytes(noise.randrange(1, 200)))
    since = world.now
    world.run(1.0)
    assert therapist.state.connected
    assert len(patient.heard(Slot.AUDIO, since)) == pytest.approx(50, abs=3)


def test_page_with_ever_new_ports_fills_no_table_and_keeps_the_one_it_uses(world: World) -> None:
    patient = world.person(Role.PATIENT, 40_002, 2)
    patient.join()
    world.run(4.0)
    ports = range(1024, 3024)
    for port in ports:
        check = patient.browser.make_check(nominate=False)
        world.engine.receive_datagram(check, ("192.0.2.1", port, 0), world.now)
    known = [port for port in ports if world.engine.owner(("192.0.2.1", port, 0))]
    assert len(known) == MAX_CHECKED_ADDRESSES - 1
    world.run(4.0)
    patient.browser.send_data(b"still here")
    assert ChannelData(patient.id, b"still here") in world.run(0.1)


def test_address_that_another_page_claimed_comes_back_with_the_next_check(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.run(4.0)
    check = patient.browser.make_check()
    world.engine.receive_datagram(check, therapist.address, world.now)  # source forged
    assert world.engine.owner(therapist.address) == patient.id
    world.run(4.0)
    since = world.now
    world.run(1.0)
    assert world.engine.owner(therapist.address) == therapist.id
    assert len(patient.heard(Slot.AUDIO, since)) == pytest.approx(50, abs=3)


def test_damaged_copies_of_real_traffic_never_raise_and_end_no_call(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    sent: list[bytes] = []

    def listen(data: bytes) -> bool:
        sent.append(data)
        return False

    patient.path.drop = listen
    again = world.person(Role.THERAPIST, 40_005, 5)
    again.path.drop = listen
    again.join()  # a handshake is among the traffic
    world.run(1.0)
    patient.path.drop = again.path.drop = None
    noise = random.Random(9)
    for datagram in sent:
        for _ in range(5):
            damaged = bytearray(datagram[: noise.randrange(1, len(datagram) + 1)])
            for _ in range(noise.randrange(4)):
                damaged[noise.randrange(len(damaged))] = noise.randrange(256)
            source = noise.choice([patient.address, again.address, STRANGER])
            world.engine.receive_datagram(bytes(damaged), source, world.now)
    told = world.run(0.0)
    since = world.now
    told += world.run(1.0)
    assert not [e for e in told if isinstance(e, PeerLost | PeerClosed)]
    assert len(again.heard(Slot.AUDIO, since)) == pytest.approx(50, abs=5)
    assert len(patient.heard(Slot.AUDIO, since)) == pytest.approx(50, abs=5)
    assert therapist.id not in world.engine.peers


# -- data channels ----------------------------------------------------------------------------


def test_channel_packets_come_out_as_events_and_go_in_by_peer(world: World) -> None:
    _, patient = world.pair()
    patient.browser.send_data(b"sctp in")
    world.engine.send_data(patient.id, b"sctp out", world.now)
    told = world.run(0.1)
    assert ChannelData(patient.id, b"sctp in") in told
    assert patient.browser.received_data == [b"sctp out"]


def test_ping_is_echoed_as_it_came_unless_it_is_long(world: World) -> None:
    _, patient = world.pair()
    world.engine.receive_ping(patient.id, "7", world.now)
    world.engine.receive_ping(patient.id, b"x" * 65, world.now)
    world.engine.receive_ping("nobody", b"x", world.now)
    told = world.run(0.0)
    assert [e for e in told if isinstance(e, PingEcho)] == [PingEcho(patient.id, "7")]


def test_channel_is_greeted_once(world: World) -> None:
    _, patient = world.pair()
    world.engine.channels_opened(patient.id, world.now)
    assert len(said(world.run(0.0), patient, "gate")) == 1


# -- the end ----------------------------------------------------------------------------------


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
        world.engine.room_state("room", world.now)


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


def test_failed_peer_is_closed_and_others_go_on(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.engine.fail(patient.id, world.now)
    world.engine.fail(patient.id, world.now)
    world.engine.fail("nobody", world.now)
    told = world.run(0.1)
    assert PeerClosed(room="room", peer=patient.id, reason=PeerClosedReason.FAILED) in told
    assert therapist.state.connected
