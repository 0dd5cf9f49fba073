"""Contact: who joins, what passes once the gate is open, and what the channels carry."""

from __future__ import annotations

import re

import pytest
from aiortc.rtp import RtcpPacket, RtcpSdesPacket

from sfu.base.media import Slot
from sfu.engine.outputs import ChannelData, ChannelsStarted, PingEcho
from sfu.messages import PeerConnected, PeerJoined, PeerReported, Role
from tests.support.plane import KEYFRAME, World, said


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
        assert [person.heard(slot) for slot in Slot] == [[]] * len(Slot)  # padding of a check comes
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
        "loud_age_ms",
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
        on_the_way = person.state.forwarded_packets - sum(len(person.heard(slot)) for slot in Slot)
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
