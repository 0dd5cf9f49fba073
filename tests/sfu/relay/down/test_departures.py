"""What left for a receiver, matched with what it tells of it."""

from __future__ import annotations

import pytest

from sfu.relay.down.departures import KEPT, DepartureLog
from sfu.rtp.transport_cc import Feedback


@pytest.mark.parametrize("first", [0, 32_767])
def test_numbers_wrap(first: int) -> None:
    log = DepartureLog(first)
    for _ in range(70_000):
        log.note(100, 1.0)
    newest = log.next_number - 1
    batch, _ = log.match(Feedback((newest - 1) & 0xFFFF, 0, (5.0, 5.1, 5.2)), 2.0)
    assert batch is not None
    assert batch.arrived_at == (5.0, 5.1), "the third was never sent"


def test_feedback_on_what_is_long_forgotten_or_was_never_sent_says_nothing() -> None:
    log = DepartureLog(5)
    assert log.match(Feedback(5, 0, (1.0,)), 2.0) == (None, [])
    for _ in range(KEPT + 10):
        log.note(100, 1.0)
    assert log.match(Feedback(5, 0, (1.0,) * 10), 2.0) == (None, [])
    assert log.match(Feedback(15, 0, (1.0,)), 2.0)[0] is not None


def test_what_is_missing_is_named_by_its_origin_where_it_has_one() -> None:
    log = DepartureLog(0)
    for origin in (7, 0, 8, 9):
        log.note(100, 1.0, origin)
    _, missing = log.match(Feedback(0, 0, (None, None, 5.0, None)), 2.0)
    assert missing == [7, 9]


def test_the_fastest_padding_on_the_longest_line_is_told_whole() -> None:
    """5 Mbit/s in packets of 318 bytes, told 1.6 s later: 0.6 s of way and 1 s of queue."""
    rate_per_s, told_after_s = 5_000_000 / 8 / 318, 1.6
    log = DepartureLog(0)
    first = log.next_number
    for n in range(round(rate_per_s * told_after_s)):
        log.note(290, n / rate_per_s)
    batch, _ = log.match(Feedback(first & 0xFFFF, 0, (5.0,) * 100), told_after_s)
    assert batch is not None
    assert len(batch.sent_at) == 100
