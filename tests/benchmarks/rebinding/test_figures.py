"""From counts to gaps."""

from __future__ import annotations

import math

from benchmarks.rebinding.figures import Count, cost, gap_ms, summary


def counted(*pauses: tuple[float, float], end: float = 10.0) -> list[tuple[float, int]]:
    """One more each 50 ms from 0 to `end`, but nothing new inside the pauses."""
    rows, total = [], 0
    for step in range(round(end / 0.05) + 1):
        at = step * 0.05
        total += not any(begin < at < over for begin, over in pauses)
        rows.append((at, total))
    return rows


def test_a_stream_that_never_stops_has_the_gap_of_its_looks() -> None:
    assert round(gap_ms(counted(), 2.02, 8.0)) == 50


def test_the_longest_pause_after_the_change_counts_from_its_last_news() -> None:
    rows = counted((2.0, 2.8), (3.0, 3.3))
    assert round(gap_ms(rows, 2.02, 8.0)) == 800


def test_a_pause_before_the_change_or_after_the_look_is_another_ones() -> None:
    rows = counted((0.5, 1.5), (8.2, 9.5))
    assert round(gap_ms(rows, 2.0, 8.0)) == 50


def test_what_never_comes_back_is_infinite_and_said_as_none() -> None:
    gap = gap_ms(counted((2.0, 99.0)), 2.0, 8.0)
    assert math.isinf(gap)
    assert summary([100.0, gap, 200.4]) == {"changes": 3, "p50_ms": 200, "max_ms": None}


def test_sound_and_picture_are_told_apart() -> None:
    sound, picture = counted((2.0, 2.5)), counted((2.0, 3.0))
    rows = [Count(at, s, p) for (at, s), (_, p) in zip(sound, picture, strict=True)]
    assert {k: round(v) for k, v in cost(rows, 2.0, 8.0).items()} == {"sound": 500, "picture": 1000}
