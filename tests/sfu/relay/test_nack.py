"""The list of what is missing: when to ask, how often, when to give up."""

from __future__ import annotations

import pytest

from sfu.relay.nack import MAX_AGE_S, MAX_ATTEMPTS, MAX_MISSING, NackList


def test_asking_waits_for_two_packets_or_20_ms() -> None:
    nacks = NackList()
    nacks.note_gap(10, 11, 1.0)
    assert nacks.take_due(11, 1.0, None) == []
    assert nacks.unasked
    assert nacks.next_at(None) == pytest.approx(1.02)
    assert nacks.take_due(12, 1.0, None) == [10]
    assert not nacks.unasked


def test_a_round_trip_passes_between_two_askings() -> None:
    nacks = NackList()
    nacks.note_gap(10, 11, 1.0)
    nacks.take_due(12, 1.0, 0.2)
    assert nacks.next_at(0.2) == pytest.approx(1.22)
    assert nacks.take_due(13, 1.2, 0.2) == []
    assert nacks.take_due(13, 1.22, 0.2) == [10]


def test_a_packet_that_arrived_is_not_asked_for() -> None:
    nacks = NackList()
    nacks.note_gap(10, 13, 1.0)
    nacks.arrived(11)
    assert nacks.take_due(13, 1.02, None) == [10, 12]


def test_attempts_are_bounded() -> None:
    nacks = NackList()
    nacks.note_gap(10, 11, 1.0)
    asked = [nacks.take_due(20, 1.0 + 0.03 * n, 0.02) for n in range(30)]
    assert sum(map(len, asked)) == MAX_ATTEMPTS
    assert len(nacks) == 0
    assert nacks.next_at(0.02) is None


def test_old_gaps_are_given_up_whatever_the_round_trip() -> None:
    nacks = NackList()
    nacks.note_gap(10, 11, 1.0)
    nacks.take_due(20, 1.0, 2.0)
    assert nacks.take_due(20, 1.01 + MAX_AGE_S, 2.0) == []
    assert len(nacks) == 0


def test_an_outage_is_not_asked_for_packet_by_packet() -> None:
    nacks = NackList()
    assert nacks.note_gap(0, MAX_MISSING, 1.0)
    assert not nacks.note_gap(500, 501, 1.0)
    assert len(nacks) == 0
    assert not nacks.unasked
