"""What a scrape reads of the engine: how peers came, how their lines and checks were."""

from __future__ import annotations

import pytest

from sfu.base.stats import TransportEnd
from sfu.engine.peer import HANDSHAKE_LIMIT_S
from sfu.messages import CheckState, Level, Role, RoomCommand
from sfu.transport.demux import DatagramKind
from tests.support.plane import World


def failures(world: World) -> dict[TransportEnd, int]:
    return {end: count for end, count in world.engine.tally.failures.items() if count}


def test_joins_are_timed_from_the_offer_to_the_keys(world: World) -> None:
    world.pair()
    joins = world.engine.tally.joins_s
    assert sum(joins.counts) == 2
    # A check and two round trips of the handshake, at 20 ms each, and what the browser waits.
    assert 2 * 0.04 < joins.total < 2 * 0.3
    assert failures(world) == {}


def test_a_peer_that_comes_back_after_silence_has_not_joined_again(world: World) -> None:
    therapist, _ = world.pair()
    therapist.path.loss = 1.0
    world.run(5.0)
    therapist.path.loss = 0.0
    world.run(5.0)
    assert therapist.state.connected
    assert sum(world.engine.tally.joins_s.counts) == 2


def test_a_peer_that_no_check_came_from_is_counted_so(world: World) -> None:
    patient = world.person(Role.PATIENT, 40_002, 2)
    patient.path.loss = 1.0
    patient.join()
    world.run(HANDSHAKE_LIMIT_S + 2)
    assert failures(world) == {TransportEnd.NO_CHECK: 1}


def test_a_page_that_left_before_it_was_connected_has_abandoned_its_join(world: World) -> None:
    patient = world.person(Role.PATIENT, 40_002, 2)
    patient.path.loss = 1.0
    patient.join()
    world.engine.leave("room", patient.id, world.now)
    world.run(2.0)
    assert failures(world) == {TransportEnd.ABANDONED: 1}


def test_a_peer_that_was_connected_and_left_is_no_failure(world: World) -> None:
    therapist, _ = world.pair()
    world.engine.leave("room", therapist.id, world.now)
    world.run(2.0)
    assert failures(world) == {}


def test_lines_are_counted_once_a_second_by_level_with_loss_and_jitter(world: World) -> None:
    pair = world.pair(gate_open=True)
    for person in pair:
        person.browser.tells_round_trip = True
    world.run(12.0)
    pair[1].path.loss, pair[1].path.jitter_s = 0.08, 0.01
    tally = world.engine.measuring.tally
    looks, losses = sum(tally.levels.values()), sum(tally.up.losses.counts)
    assert looks == pytest.approx(24, abs=3)
    assert tally.levels[Level.POOR] == 0
    assert tally.up.losses.total == 0
    world.run(20.0)
    assert sum(tally.levels.values()) - looks == pytest.approx(40, abs=2)
    assert sum(tally.up.losses.counts) - losses == pytest.approx(40, abs=2)
    assert tally.levels[Level.POOR] > 5
    assert tally.up.losses.total / 20 > 0.03
    assert sum(tally.up.jitters_s.counts) > 40
    assert 0.001 < tally.up.jitters_s.total / 20 < 0.01


def test_seconds_with_a_gap_in_the_sound_are_counted_in_contact_alone(world: World) -> None:
    _, patient = world.pair()
    gaps = world.engine.measuring.tally.gaps_s
    world.run(3.0)
    patient.path.loss = 1.0
    world.run(0.5)
    patient.path.loss = 0.0
    world.run(3.0)
    world.gate(True)
    world.run(5.0)
    assert sum(gaps.counts) == 0
    patient.path.loss = 1.0
    world.run(0.5)
    patient.path.loss = 0.0
    world.run(3.0)
    assert sum(gaps.counts) == 1
    assert gaps.total == pytest.approx(0.5, abs=0.05)


def test_checks_are_counted_as_done_or_stopped(world: World) -> None:
    world.pair()
    world.run(1.0)
    measuring = world.engine.measuring
    assert measuring.running_checks == 2
    assert measuring.tally.checks == {CheckState.DONE: 0, CheckState.STOPPED: 0}
    world.gate(True)
    world.run(1.0)
    assert measuring.running_checks == 0
    assert measuring.tally.checks == {CheckState.DONE: 0, CheckState.STOPPED: 2}


def test_room_where_nobody_real_meets_counts_in_no_statistics(world: World) -> None:
    met = []
    for room, is_synthetic in (("canary", True), ("room", False)):
        world.engine.ensure_room(room, RoomCommand(is_synthetic=is_synthetic), world.now)
        for port, role in enumerate(Role, 41_000 + 10 * is_synthetic):
            person = world.person(role, port, port)
            person.room = room
            person.join()
            met.append(person)
        lost = world.person(Role.PATIENT, 42_000 + is_synthetic, 9 + is_synthetic)
        lost.room, lost.path.loss = f"{room}-lost", 1.0
        command = RoomCommand(is_synthetic=is_synthetic)
        world.engine.ensure_room(lost.room, command, world.now)
        lost.join()
    world.run(1.0)
    for person in met:
        world.engine.channels_opened(person.id, world.now)
    world.run(1.0)
    for room in ("canary", "room"):
        world.engine.set_gate(room, True, world.now)
    world.run(HANDSHAKE_LIMIT_S)
    lines = world.engine.measuring.tally
    looks = 2 * (HANDSHAKE_LIMIT_S + 2)
    assert sum(world.engine.tally.joins_s.counts) == 2
    assert failures(world) == {TransportEnd.NO_CHECK: 1}
    assert sum(lines.levels.values()) == pytest.approx(looks, abs=4)
    assert sum(lines.checks.values()) == 2


def test_what_is_no_media_is_counted_by_kind_both_ways(world: World) -> None:
    world.pair()
    world.run(1.0)
    tally = world.engine.tally
    for kind in (DatagramKind.STUN, DatagramKind.DTLS):
        for seen in (tally.received[kind], tally.sent[kind]):
            assert seen.count >= 2
            assert seen.size_bytes > 20 * seen.count
    assert tally.received[DatagramKind.UNKNOWN].count == 0
    world.engine.receive_datagram(b"\x50junk", ("192.0.2.9", 1, 0), world.now)
    assert tally.received[DatagramKind.UNKNOWN].count == 1
    assert DatagramKind.MEDIA not in tally.received
