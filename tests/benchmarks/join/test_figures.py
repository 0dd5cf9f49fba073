"""Figures of the join benchmark."""

from __future__ import annotations

import pytest

from benchmarks.join.figures import Meeting, Received, percentile, seconds_to_rate, summary


def rows(*rates_bps: float, every_s: float = 0.1) -> list[Received]:
    """Rows from 100 s on, with a rate between each and the next."""
    total, out = 0.0, [Received(100.0, 0)]
    for number, rate in enumerate(rates_bps, 1):
        total += rate * every_s / 8
        out.append(Received(100.0 + number * every_s, round(total)))
    return out


def test_a_rate_is_reached_at_the_end_of_the_first_half_second_that_has_it() -> None:
    slow, fast = [200e3] * 10, [2e6] * 10
    assert seconds_to_rate(99.9, rows(*slow, *fast)) == pytest.approx(1.1 + 0.3, abs=0.11)


def test_a_short_burst_is_not_a_rate() -> None:
    assert seconds_to_rate(100, rows(*[200e3] * 10, 3e6, *[200e3] * 10)) is None


def test_a_rate_held_from_the_start_counts_after_one_window() -> None:
    assert seconds_to_rate(100, rows(*[1.2e6] * 10)) == pytest.approx(0.5, abs=0.11)


def test_no_rows_reach_nothing() -> None:
    assert seconds_to_rate(100, []) is None


def test_percentile_is_a_value_that_was_measured() -> None:
    values = [float(n) for n in range(1, 21)]
    assert percentile(values, 0.5) == 10
    assert percentile(values, 0.95) == 19
    assert percentile([7.0], 0.95) == 7


def test_the_later_side_counts() -> None:
    line = summary([Meeting(90, 120, 2.0, 3.0)])
    assert line == {
        "accept_to_frame_ms_p50": 120,
        "accept_to_frame_ms_p95": 120,
        "seconds_to_1mbps_p50": 3.0,
    }


def test_a_rate_never_reached_counts_as_the_slowest_of_all() -> None:
    never, slow, fast = (Meeting(90, 120, 2.0, rate_s) for rate_s in (None, 3.0, 2.0))
    assert summary([never, slow, fast])["seconds_to_1mbps_p50"] == 3.0
    assert summary([never, never, fast])["seconds_to_1mbps_p50"] is None
