"""Datagrams that nobody should have sent: they change nothing and end no call."""

from __future__ import annotations

import random

import pytest

from sfu.base.media import Slot
from sfu.base.stats import DropReason
from sfu.engine.outputs import ChannelData
from sfu.messages import PeerClosed, PeerLost, Role
from sfu.transport.ice import MAX_CHECKED_ADDRESSES
from tests.support.plane import STRANGER, World


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
    assert world.engine.peers.owner(STRANGER) is None


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
    known = [port for port in ports if world.engine.peers.owner(("192.0.2.1", port, 0))]
    assert len(known) == MAX_CHECKED_ADDRESSES - 1
    world.run(4.0)
    patient.browser.send_data(b"still here")
    assert ChannelData(patient.id, b"still here") in world.run(0.1)


def test_address_that_another_page_claimed_comes_back_with_the_next_check(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.run(4.0)
    check = patient.browser.make_check()
    world.engine.receive_datagram(check, therapist.address, world.now)  # source forged
    assert world.engine.peers.owner(therapist.address) == patient.id
    world.run(4.0)
    since = world.now
    world.run(1.0)
    assert world.engine.peers.owner(therapist.address) == therapist.id
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
