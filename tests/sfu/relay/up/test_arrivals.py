"""Arrivals in batches: when feedback is due and what it covers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfu.relay.up.arrivals import (
    INTERVAL_S,
    MAX_LATE,
    MAX_PENDING,
    MAX_SPAN,
    MAX_SPREAD_S,
    MAX_UNTOLD,
    ArrivalLog,
)
from sfu.rtp import transport_cc
from sfu.rtp.sequence import unwrap_seq
from sfu.rtp.transport_cc import DELTA_S


def take(log: ArrivalLog) -> transport_cc.Feedback:
    data = log.take_feedback(1, 2)
    assert data is not None
    assert len(data) < 1100
    feedback = transport_cc.read(data, 0, len(data) - (data[-1] if data[0] & 0x20 else 0))
    assert feedback is not None
    return feedback


def test_nothing_is_due_before_a_packet_came() -> None:
    log = ArrivalLog(5.0)
    assert log.due_at is None
    assert log.take_feedback(1, 2) is None


def test_feedback_is_due_one_interval_after_the_first_packet() -> None:
    log = ArrivalLog(5.0)
    assert log.note(10, 6.0)
    assert not log.note(11, 6.01)
    assert log.due_at == pytest.approx(6.0 + INTERVAL_S)
    assert list(take(log).arrivals) == pytest.approx([2.0, 2.01])
    assert log.due_at is None


def test_packets_lost_between_two_batches_are_told() -> None:
    log = ArrivalLog(5.0)
    log.note(65_534, 6.0)
    take(log)
    log.note(1, 6.1)
    feedback = take(log)
    assert feedback.base_seq == 65_535
    assert [at is not None for at in feedback.arrivals] == [False, False, True]


def test_a_packet_late_for_its_batch_is_told_in_the_next() -> None:
    log = ArrivalLog(5.0)
    log.note(1, 6.0)
    log.note(3, 6.0)
    take(log)
    log.note(2, 6.1)
    log.note(4, 6.1)
    feedback = take(log)
    assert feedback.base_seq == 2
    assert list(feedback.arrivals) == pytest.approx([2.1, 2.0, 2.1])  # 3 is not unsaid


@given(
    st.lists(
        st.tuples(st.integers(-300, 40), st.sampled_from([0.0, 0.001, 0.05, 3.0]), st.booleans()),
        max_size=300,
    )
)
def test_what_was_told_as_received_is_never_told_as_lost_or_at_another_time(
    steps: list[tuple[int, float, bool]],
) -> None:
    """Each step is a packet so far from the newest, after a pause, and perhaps feedback then."""
    log, now, newest = ArrivalLog(0.0), 1.0, 65_000
    told: dict[int, float] = {}
    for distance, pause_s, ask in steps:
        now += pause_s
        log.note((newest + distance) & 0xFFFF, now)
        newest = max(newest, newest + distance)
        data = log.take_feedback(1, 2) if ask else None
        if data is None:
            continue
        assert len(data) < 1100
        feedback = transport_cc.read(data, 0, len(data) - (data[-1] if data[0] & 0x20 else 0))
        assert feedback is not None
        first = unwrap_seq(feedback.base_seq, newest)
        for number, at in enumerate(feedback.arrivals, first):
            if number in told:
                assert at == pytest.approx(told[number], abs=DELTA_S)
            if at is not None:
                told.setdefault(number, at)


def test_a_packet_that_is_too_late_to_be_told_beside_what_was_told_stays_lost() -> None:
    log = ArrivalLog(5.0)
    for seq in (1, 3):
        log.note(seq, 6.0)
    take(log)
    log.note(2, 6.0 + MAX_SPREAD_S + 0.1)
    assert log.take_feedback(1, 2) is None
    log.note(4, 14.3)
    assert take(log).base_seq == 4


def test_only_so_much_of_what_was_told_is_remembered() -> None:
    log = ArrivalLog(5.0)
    for seq in range(5000):
        log.note(seq, 6.0 + seq / 1000)
        if seq % 50 == 0:
            take(log)
    assert len(log._told) <= MAX_LATE + 50


def test_arrivals_that_cannot_be_told_do_not_pile_up() -> None:
    log = ArrivalLog(5.0)
    for seq in range(30_000):  # a peer that never nominates an address
        log.note(seq, 6.0 + seq / 1000)
        assert len(log._seen) <= MAX_UNTOLD
    feedback = take(log)
    assert feedback.base_seq + len(feedback.arrivals) == 30_000
    assert feedback.arrivals[-1] is not None


def test_a_flood_is_told_at_once() -> None:
    log = ArrivalLog(5.0)
    changed = [log.note(seq, 6.0) for seq in range(MAX_PENDING)]
    assert changed[-1]
    assert log.due_at == 6.0
    assert len(take(log).arrivals) == MAX_PENDING


def test_after_an_outage_only_what_came_is_told() -> None:
    log = ArrivalLog(5.0)
    log.note(1, 6.0)
    take(log)
    log.note(20_000, 36.0)
    assert take(log).base_seq == 20_000


def test_a_sparse_batch_still_fits_a_datagram() -> None:
    log = ArrivalLog(5.0)
    for n in range(MAX_PENDING):
        log.note(3 * n, 6.0 + n * 0.1)
    assert len(take(log).arrivals) <= MAX_SPAN
