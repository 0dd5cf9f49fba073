"""Figures of the congestion benchmark."""

from __future__ import annotations

import pytest

from benchmarks.congestion.figures import (
    Course,
    Heard,
    Steady,
    figures,
    sound_lost,
    steady_figures,
)
from benchmarks.netlab.fatelog import Direction, Record
from benchmarks.netlab.link import Fate

COURSE = Course(
    accepted_at=100.0,
    fall_at=120.0,
    rise_at=140.0,
    end_at=160.0,
    high_bps=2e6,
    low_bps=4e5,
    delay_s=0.025,
)


def packets(
    since: float,
    until: float,
    rate_bps: float,
    *,
    queue_s: float = 0.0,
    fate: Fate = Fate.DELIVERED,
    direction: Direction = Direction.DOWN,
) -> list[Record]:
    """A thousand bytes at a time, evenly, each of them so long in the queue."""
    step_s = 8000 / rate_bps
    times = [since + n * step_s for n in range(int((until - since) / step_s))]
    wait_s = 0.025 + queue_s
    return [Record(at - wait_s, direction, 1000, fate, False, at, 0.0) for at in times]


def test_a_call_that_fills_the_line_and_follows_it_down_and_up() -> None:
    records = [
        *packets(100, 103, 0.5e6),
        *packets(103, 120, 1.9e6, queue_s=0.02),
        *packets(120, 142, 0.38e6, queue_s=0.05),
        *packets(142, 160, 1.9e6),
    ]
    found = figures(COURSE, records, [])
    assert found["full_s"] == pytest.approx(4.0, abs=0.11)
    assert found["high_ratio"] == pytest.approx(0.95, abs=0.01)
    assert found["low_ratio"] == pytest.approx(0.95, abs=0.01)
    assert found["queue_ms_p95_high"] == pytest.approx(20.0)
    assert found["queue_ms_p95_low"] == pytest.approx(50.0)
    assert found["recovery_s"] == pytest.approx(3.0, abs=0.11)


def test_a_call_that_never_fills_the_line_says_so() -> None:
    found = figures(COURSE, packets(100, 160, 0.5e6), [])
    assert found["full_s"] is None
    assert found["recovery_s"] is None


def test_what_the_line_dropped_or_carried_the_other_way_does_not_count() -> None:
    dropped = packets(100, 160, 2e6, fate=Fate.QUEUE_FULL)
    other = packets(100, 160, 2e6, direction=Direction.UP)
    assert figures(COURSE, dropped + other, [])["high_ratio"] == 0


def test_sound_lost_within_two_seconds_of_the_fall_is_forgiven() -> None:
    lost = [(119.9, 0), (121.9, 40), (122.1, 41), (130.0, 43), (159.9, 44)]
    heard = [Heard(at, 0, count) for at, count in lost]
    assert sound_lost(heard, 122.0, 160.0) == 3
    assert figures(COURSE, [], heard)["sound_lost_late"] == 3


def test_sound_nobody_counted_is_not_called_unlost() -> None:
    assert sound_lost([], 122.0, 160.0) is None


def test_a_steady_call_is_told_by_way() -> None:
    line = Steady(accepted_at=100.0, end_at=130.0, rate_bps=1e6, delay_s=0.025)
    records = [
        *packets(100, 130, 0.95e6, queue_s=0.03),
        *packets(100, 104, 0.2e6, direction=Direction.UP),
        *packets(104, 130, 0.5e6, direction=Direction.UP, queue_s=0.01),
        *packets(100, 130, 1e6, fate=Fate.QUEUE_FULL),
    ]
    heard = {
        Direction.DOWN: [Heard(107.0, 0, 9), Heard(109.0, 0, 10), Heard(129.0, 0, 12)],
        Direction.UP: [],
    }
    found = steady_figures(line, records, heard)
    assert found["down"]["full_s"] == pytest.approx(1.0, abs=0.11)
    assert found["down"]["kbps"] == pytest.approx(950, abs=2)
    assert found["down"]["queue_ms_p95"] == pytest.approx(30.0)
    assert found["down"]["sound_lost"] == 2
    assert found["up"] == {
        "full_s": None,
        "kbps": pytest.approx(500, abs=2),
        "queue_ms_p95": pytest.approx(10.0),
        "sound_lost": None,
    }
