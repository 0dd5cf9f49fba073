"""The estimator in a whole downlink, in virtual time: a publisher that obeys, a line, a browser."""

from __future__ import annotations

import pytest

from benchmarks.netlab.conditions import Step, steady
from tests.support.downlink import SOUND_BPS, Downlink, Kind, World, line

RATES = (300_000, 500_000, 1_000_000, 2_000_000, 5_000_000)
QUEUES_S = (0.06, 0.15, 0.3)
ROUND_TRIPS_S = (0.03, 0.1)
WANTED_BPS = 2_500_000


def _wanted(rate_bps: float) -> float:
    return min(rate_bps, WANTED_BPS + SOUND_BPS)


@pytest.mark.parametrize("rtt_s", ROUND_TRIPS_S)
@pytest.mark.parametrize("queue_s", QUEUES_S)
@pytest.mark.parametrize("rate_bps", RATES)
def test_a_call_fills_its_line_within_8_s(rate_bps: int, queue_s: float, rtt_s: float) -> None:
    call = Downlink(World(steady(line(rate_bps, queue_s, rtt_s)), back_s=rtt_s / 2))
    call.run(30)
    reached = call.first_at(0.9 * _wanted(rate_bps), since=0)
    assert reached is not None
    assert reached <= 8
    assert call.delivered_bps(8, 30) >= 0.87 * _wanted(rate_bps)


@pytest.mark.parametrize("queue_s", QUEUES_S)
def test_after_a_drop_sound_passes_within_2_s_and_the_picture_returns_with_the_line(
    queue_s: float,
) -> None:
    wide, narrow = line(2_000_000, queue_s, 0.05), line(400_000, queue_s, 0.05)
    call = Downlink(World((Step(0, wide), Step(20, narrow), Step(40, wide)), back_s=0.025))
    call.run(60)
    assert call.lost(Kind.SOUND, 22, 40) == []
    back = call.first_at(1_800_000, since=40)
    assert back is not None
    assert back <= 10
