"""What is no congestion must not look like it: random loss, jitter, drift, lost feedback."""

from __future__ import annotations

import pytest

from benchmarks.netlab.conditions import Conditions, steady
from tests.sfu.bandwidth.downlink.lines import run, steady_line
from tests.support.downlink import World

RATE_BPS = 1_000_000
SEEDS = (1, 2, 3)


def _used(world: World, seconds: float = 30) -> float:
    """Return what share of the line a settled call uses."""
    call = run(world, seconds)
    rate = world.line[0].conditions.rate_bps
    assert rate is not None
    assert call.queue_ms(10, seconds) <= 130
    return call.delivered_bps(10, seconds) / rate


@pytest.mark.parametrize("rate_bps", [500_000, 2_000_000])
@pytest.mark.parametrize("loss", [0.02, 0.05])
def test_random_loss_costs_little_more_than_itself(loss: float, rate_bps: int) -> None:
    conditions = Conditions(delay_s=0.03, loss_ratio=loss, rate_bps=rate_bps, queue_s=0.2)
    used = [_used(World(steady(conditions), back_s=0.03, seed=seed), 40) for seed in SEEDS]
    assert min(used) >= 0.75
    assert sum(used) / len(used) >= 0.82


@pytest.mark.parametrize("rate_bps", [500_000, 2_000_000])
def test_jitter_of_20_ms_is_no_queue(rate_bps: int) -> None:
    conditions = Conditions(delay_s=0.06, jitter_s=0.02, rate_bps=rate_bps, queue_s=0.2)
    used = [_used(World(steady(conditions), back_s=0.06, seed=seed), 40) for seed in SEEDS]
    assert min(used) >= 0.6
    assert sum(used) / len(used) >= 0.82


def test_jitter_and_loss_together_slow_a_call_and_do_not_stop_it() -> None:
    """No cluster goes out above 2 % of loss, and jitter hides the gaps that show room."""
    conditions = Conditions(
        delay_s=0.06, jitter_s=0.02, loss_ratio=0.02, rate_bps=2_000_000, queue_s=0.2
    )
    used = [_used(World(steady(conditions), back_s=0.06, seed=seed), 40) for seed in SEEDS]
    assert min(used) >= 0.5


@pytest.mark.parametrize(
    "trouble",
    [
        {"feedback_loss": 0.1},
        {"feedback_reorder": 0.1},
        {"feedback_duplicate": 0.2},
        {"feedback_loss": 0.1, "feedback_reorder": 0.1, "feedback_duplicate": 0.1},
        {"feedback_every_s": 0.05},
        {"feedback_every_s": 0.25},
    ],
    ids=str,
)
def test_feedback_may_be_lost_late_doubled_and_rare(trouble: dict[str, float]) -> None:
    line = steady_line(RATE_BPS)
    used = [_used(World(line, back_s=0.025, seed=seed, **trouble)) for seed in SEEDS]  # type: ignore[arg-type]
    assert min(used) >= 0.85


@pytest.mark.parametrize("drift", [1e-4, -1e-4])
def test_a_receivers_clock_may_drift(drift: float) -> None:
    assert _used(World(steady_line(RATE_BPS), back_s=0.025, drift=drift), 120) >= 0.9
