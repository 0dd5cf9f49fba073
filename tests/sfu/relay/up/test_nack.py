"""The list of what is missing: when to ask, how often, when to give up."""

from __future__ import annotations

import pytest

from sfu.relay.up.nack import (
    ECHO_S,
    MAX_AGE_S,
    MAX_MISSING,
    MAX_PATIENCE_S,
    MAX_SAID,
    RETRY_MARGIN_S,
    NackList,
)


def test_a_gap_is_asked_for_at_once() -> None:
    nacks = NackList()
    nacks.note_gap(10, 11, 1.0)
    assert nacks.unasked_at == 1.0
    assert nacks.take_due(1.0, None) == [10]
    assert nacks.unasked_at is None


def test_each_asking_is_said_twice_and_repeated_after_a_round_trip() -> None:
    nacks = NackList()
    nacks.note_gap(10, 11, 1.0)
    said_at, now = [], 1.0
    while now < 1.5:
        if nacks.take_due(now, 0.1):
            said_at.append(now)
        at = nacks.next_at()
        assert at is not None
        now = at
    again = 0.1 + RETRY_MARGIN_S
    expected = [1.0 + n * again + echo for n in range(5) for echo in (0, ECHO_S)]
    assert said_at == pytest.approx([at for at in expected if at < 1.5])


def test_a_packet_that_arrived_is_not_asked_for() -> None:
    nacks = NackList()
    nacks.note_gap(10, 13, 1.0)
    nacks.arrived(11, 1.0, resent=True)
    assert nacks.take_due(1.0, None) == [10, 12]


def test_a_line_that_reorders_gets_patience() -> None:
    nacks = NackList()
    nacks.note_gap(10, 11, 1.0)
    nacks.arrived(10, 1.008, resent=False)
    nacks.note_gap(20, 21, 2.0)
    assert nacks.take_due(2.009, None) == []
    assert nacks.next_at() == pytest.approx(2.012)
    assert nacks.take_due(2.012, None) == [20]


def test_patience_is_bounded_and_fades_with_real_losses() -> None:
    nacks = NackList()
    nacks.note_gap(10, 11, 1.0)
    nacks.arrived(10, 0.999 + MAX_PATIENCE_S, resent=False)
    waits = []
    for n in range(20, 60):
        nacks.note_gap(n, n + 1, n)
        assert nacks.unasked_at is not None
        waits.append(nacks.unasked_at - n)
        nacks.take_due(n + 0.5, None)
        nacks.arrived(n, n + 0.6, resent=True)
    assert waits[0] == pytest.approx(MAX_PATIENCE_S)
    assert waits[-1] < 0.001


def test_a_retransmission_teaches_no_patience() -> None:
    nacks = NackList()
    nacks.note_gap(10, 11, 1.0)
    nacks.arrived(10, 1.008, resent=True)
    nacks.note_gap(20, 21, 2.0)
    assert nacks.take_due(2.0, None) == [20]


def test_askings_are_bounded() -> None:
    nacks = NackList()
    nacks.note_gap(10, 11, 1.0)
    asked = [nacks.take_due(1.0 + 0.01 * n, 0.001) for n in range(60)]
    assert sum(map(len, asked)) == MAX_SAID
    assert len(nacks) == 0
    assert nacks.next_at() is None


def test_old_gaps_are_given_up_whatever_the_round_trip() -> None:
    nacks = NackList()
    nacks.note_gap(10, 11, 1.0)
    nacks.take_due(1.0, 2.0)
    assert nacks.take_due(1.01 + MAX_AGE_S, 2.0) == []
    assert len(nacks) == 0


def test_an_outage_is_not_asked_for_packet_by_packet() -> None:
    nacks = NackList()
    assert nacks.note_gap(0, MAX_MISSING, 1.0)
    assert not nacks.note_gap(500, 501, 1.0)
    assert len(nacks) == 0
    assert nacks.unasked_at is None
