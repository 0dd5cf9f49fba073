"""A call takes what its line has, soon, and leaves no queue in it."""

from __future__ import annotations

import functools
import itertools

import pytest

from benchmarks.netlab.link import Fate
from tests.sfu.bandwidth.downlink.lines import most, run, steady_line
from tests.support.downlink import Downlink, Kind, World

RATES = (300_000, 500_000, 1_000_000, 2_000_000, 5_000_000)
QUEUES_S = (0.06, 0.15, 0.3)
ROUND_TRIPS_S = (0.03, 0.1)
SEEDS = (1, 2, 3, 4, 5, 6)
SETTLED_S, END_S = 8, 30


@pytest.fixture(
    scope="module",
    params=itertools.product(RATES, ROUND_TRIPS_S, QUEUES_S),
    ids=lambda line: f"{line[0] // 1000}k-rtt{line[1]}-queue{line[2]}",
)
def line(request: pytest.FixtureRequest) -> tuple[int, float, float]:
    rate_bps, rtt_s, queue_s = request.param
    return rate_bps, rtt_s, queue_s


@pytest.fixture(scope="module")
def rate_bps(line: tuple[int, float, float]) -> int:
    return line[0]


@pytest.fixture(scope="module")
def queue_s(line: tuple[int, float, float]) -> float:
    return line[2]


@pytest.fixture(scope="module")
def calls(line: tuple[int, float, float]) -> list[Downlink]:
    return [_call(*line, seed) for seed in SEEDS]


@functools.lru_cache(maxsize=2 * len(SEEDS))
def _call(rate_bps: int, rtt_s: float, queue_s: float, seed: int) -> Downlink:
    """Run a call; where no packet met a full queue, a longer one makes it no other."""
    shorter_s = max((other_s for other_s in QUEUES_S if other_s < queue_s), default=None)
    if shorter_s is not None:
        known = _call(rate_bps, rtt_s, shorter_s, seed)
        if all(fated.fate is not Fate.QUEUE_FULL for fated in known.fates):
            return known
    world = World(steady_line(rate_bps, queue_s, rtt_s), back_s=rtt_s / 2, seed=seed)
    return run(world, END_S)


def test_a_call_fills_its_line_within_8_s_of_the_acceptance(
    calls: list[Downlink], rate_bps: int
) -> None:
    for call in calls:
        reached = call.first_at(0.9 * most(rate_bps), since=0)
        assert reached is not None
        assert reached <= 8


def test_a_settled_call_uses_nine_tenths_of_its_line(calls: list[Downlink], rate_bps: int) -> None:
    used = [call.delivered_bps(SETTLED_S, END_S) / most(rate_bps) for call in calls]
    assert sum(used) / len(used) >= 0.9
    assert min(used) >= 0.88


def test_every_settled_call_leaves_at_most_60_ms_of_queue(calls: list[Downlink]) -> None:
    assert max(call.queue_ms(SETTLED_S, END_S) for call in calls) <= 60


def test_a_settled_call_loses_no_sound_to_its_own_queue(
    calls: list[Downlink], queue_s: float
) -> None:
    """A queue of 60 ms may be met full by one packet in six calls, which is one in 6,600: an
    encoder's frames fill it within half a second, and it hears of that after 0.6."""
    lost = sum(len(call.lost(Kind.SOUND, SETTLED_S, END_S)) for call in calls)
    assert lost <= (1 if queue_s < 0.1 else 0)


@pytest.mark.parametrize(
    ("obeys", "share"), [((0.78, 0.86), 0.83), ((0.85, 0.92), 0.86)], ids=["overshooting", "usual"]
)
@pytest.mark.parametrize("rate_bps", [400_000, 2_000_000])
def test_an_encoder_that_sends_less_than_it_may_is_allowed_more(
    rate_bps: int, obeys: tuple[float, float], share: float
) -> None:
    """Chromium's VP8 sends 85–92 % of its cap at 1.7 Mbit/s, or aims at 83 % of it."""
    for seed in SEEDS:
        world = World(steady_line(rate_bps, 0.3), back_s=0.025, obeys=obeys, seed=seed)
        call = run(world, 40)
        reached = call.first_at(0.9 * rate_bps, since=0)
        assert reached is not None
        assert reached <= 7.5
        assert call.delivered_bps(8, 40) >= share * rate_bps
