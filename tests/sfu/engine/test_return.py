"""Coming back: reloads, cut lines, other networks and rebound ports."""

from __future__ import annotations

import pytest

from sfu.base.address import Address
from sfu.base.media import Slot
from sfu.base.stats import DropReason
from sfu.engine.outputs import PeerGone
from sfu.engine.peer import LINGER_S
from sfu.messages import PeerClosed, PeerClosedReason, PeerConnected, PeerLost, Role
from sfu.transport.inquiry import SENT_AFTER_S
from tests.support.plane import STRANGER, World, said


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


def test_cut_line_is_lost_then_connected_again_without_a_new_offer(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    world.run(1.0)
    patient.path.loss = 1.0
    told = world.run(3.0)
    assert PeerLost(room="room", peer=patient.id) in told
    assert said(told, therapist, "other") == [
        {"type": "other", "connected": False, "paused": False, "weak": False}
    ]
    patient.path.loss = 0.0
    told = world.run(0.2)
    assert PeerConnected(room="room", peer=patient.id) in told
    assert said(told, therapist, "other") == [
        {"type": "other", "connected": True, "paused": False, "weak": False}
    ]
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


def test_two_behind_one_nat_are_told_apart_also_when_one_gets_a_new_port(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    assert therapist.address[0] == patient.address[0]
    world.run(1.0)
    world.network.move(patient.browser, (therapist.address[0], 40_003, 0))
    told = world.run(2.0)
    assert not [e for e in told if isinstance(e, PeerLost | PeerClosed)]
    patient.path.loss = 0.2
    world.run(12.0)
    since = world.now
    world.run(2.0)
    assert len(therapist.heard(Slot.AUDIO, since)) < 95
    ours, theirs = therapist.state.quality, patient.state.quality
    assert ours is not None
    assert theirs is not None
    assert (ours.up.loss_ratio or 0.0) < 0.01, "the line of the other is not taken for this one"
    assert (theirs.up.loss_ratio or 0.0) > 0.1


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
    assert world.engine.peers.owner(patient.address) is None
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
