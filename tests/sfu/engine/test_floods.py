"""Nobody's flood takes anybody else's turn."""

from __future__ import annotations

import pytest

from sfu.base.media import Slot
from sfu.base.stats import DropReason
from sfu.messages import Role
from sfu.relay.leg import BURST_PACKETS, MAX_PACKETS_PER_S
from tests.support.plane import STRANGER, Person, World


def last_check(person: Person) -> bytes:
    """A connectivity check as this page sends it."""
    person.path.tap = []
    person.world.run(3.0)
    checks = [data for data in person.path.tap if data[:2] == b"\x00\x01"]
    person.path.tap = None
    return checks[-1]


def flood(world: World, data: bytes, *, rate: float, seconds: float, forge: bool = False) -> None:
    """Send one datagram again and again from a stranger's address, or from ever new ones."""
    for n in range(round(rate * seconds)):
        if n % 10 == 0:
            world.run(10 / rate)
        source = ("203.0.113.66", 1024 + n % 60_000, 0) if forge else STRANGER
        world.engine.receive_datagram(data, source, world.now)


def test_overheard_check_sent_again_from_elsewhere_changes_nothing(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    overheard = last_check(patient)
    since = world.now
    flood(world, overheard, rate=2000, seconds=3, forge=True)
    assert world.network.lost == 0  # nothing was sent to any of those addresses
    assert len(patient.heard(Slot.AUDIO, since)) == pytest.approx(50 * 3, abs=5)
    assert len(therapist.heard(Slot.AUDIO, since)) == pytest.approx(50 * 3, abs=5)
    refused = world.engine.stats.dropped[DropReason.UNAUTHENTICATED_CHECK]
    assert 0 < refused <= 100 + 3 * 50 + 1
    assert world.engine.stats.dropped[DropReason.RATE_LIMITED] == 6000 - refused


def test_page_that_checks_madly_is_cut_to_its_limit(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    for n in range(6000):
        if n % 20 == 0:
            world.run(0.01)
        world.engine.receive_datagram(patient.browser.make_check(), patient.address, world.now)
    flooded = world.engine.stats.dropped[DropReason.FLOODED]
    assert 6000 - flooded <= 200 + 3 * 100 + 1
    world.run(3.0)
    assert therapist.state.connected
    assert patient.state.connected


def test_strangers_who_name_one_peer_leave_the_checks_of_others_alone(world: World) -> None:
    patient = world.person(Role.PATIENT, 40_002, 2)
    patient.join()
    world.network.run_until(lambda: patient.browser.connected)
    forged = last_check(patient)[:-1] + b"x"  # its name, and nothing else that is right
    flood(world, forged, rate=2000, seconds=1, forge=True)
    assert world.engine.stats.dropped[DropReason.RATE_LIMITED] > 1500
    therapist = world.person(Role.THERAPIST, 40_001, 1)
    therapist.join()
    took_s = world.network.run_until(lambda: therapist.browser.connected)
    assert took_s < 0.3


def test_real_traffic_meets_no_limit(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    patient.browser.restart_ice(world.now)
    world.run(20.0)
    for reason in (DropReason.FLOODED, DropReason.RATE_LIMITED):
        assert world.engine.stats.dropped[reason] == world.engine.core.stats.dropped[reason] == 0
    assert therapist.state.connected


def test_flood_of_a_peers_own_media_is_cut_to_its_limit_and_counted(world: World) -> None:
    therapist, patient = world.pair(gate_open=True)
    core = world.engine.core
    world.run(1.0)
    junk = b"\x80\x6f" + bytes(200)
    sent = 5 * 10_000
    since = world.now
    for n in range(sent):
        if n % 100 == 0:
            world.run(0.01)
        core.receive_datagram(junk, patient.address, world.now)
    flooded = core.stats.dropped[DropReason.FLOODED]
    passed = sent - flooded
    assert 5 * MAX_PACKETS_PER_S < passed < 2 * BURST_PACKETS + 5 * MAX_PACKETS_PER_S
    # The other's call goes on as ever.
    assert len(patient.heard(Slot.AUDIO, since)) == pytest.approx(250, abs=5)
    assert therapist.state.connected
    since = world.now + 1.0
    world.run(3.0)  # and its own once the flood is over
    assert len(therapist.heard(Slot.AUDIO, since)) == pytest.approx(100, abs=3)


def test_flood_of_dtls_records_from_a_peer_is_cut_to_its_limit(world: World) -> None:
    _, patient = world.pair()
    record = b"\x17\xfe\xfd\x00\x01" + bytes(8) + bytes(40)  # belongs to no key
    for n in range(10_000):
        if n % 100 == 0:
            world.run(0.01)
        world.engine.receive_datagram(record, patient.address, world.now)
    assert world.engine.stats.dropped[DropReason.FLOODED] > 8_000
    world.run(3.0)
    patient.browser.send_data(b"still here")
    assert any(getattr(event, "data", b"") == b"still here" for event in world.run(0.1))
    assert patient.state.connected
