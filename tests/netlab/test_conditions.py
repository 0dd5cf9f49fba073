"""What may be asked of a line."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.netlab.conditions import (
    Conditions,
    GilbertElliott,
    Step,
    check_schedule,
    steady,
)


@pytest.mark.parametrize(("loss", "burst"), [(0.03, 5), (0.2, 2), (0.5, 1.5), (0.0, 5)])
def test_a_chain_made_of_loss_and_burst_has_that_loss(loss: float, burst: float) -> None:
    chain = GilbertElliott.of(loss, burst)
    assert chain.loss_ratio == pytest.approx(loss)
    assert chain.bad_to_good == pytest.approx(1 / burst)


def test_the_loss_of_a_full_chain_weighs_both_states() -> None:
    chain = GilbertElliott(0.1, 0.3, loss_good=0.01, loss_bad=0.5)
    assert chain.loss_ratio == pytest.approx(0.75 * 0.01 + 0.25 * 0.5)


def test_a_chain_that_never_moves_stays_good() -> None:
    assert GilbertElliott(0.0, 0.0, loss_good=0.02).loss_ratio == pytest.approx(0.02)


@pytest.mark.parametrize(("loss", "burst"), [(1.0, 5), (-0.1, 5), (0.1, 0.5)])
def test_a_chain_nobody_can_make_is_refused(loss: float, burst: float) -> None:
    with pytest.raises(ValueError, match="burst"):
        GilbertElliott.of(loss, burst)


def test_a_loss_and_burst_that_need_more_than_certainty_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        GilbertElliott.of(0.9, 1)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"loss_ratio": 1.01}, "loss_ratio"),
        ({"loss_ratio": float("nan")}, "loss_ratio"),
        ({"duplicate_ratio": -0.1}, "duplicate_ratio"),
        ({"reorder_ratio": 2}, "reorder_ratio"),
        ({"delay_s": -1}, "delay_s"),
        ({"jitter_s": -0.001}, "jitter_s"),
        ({"bucket_bytes": -1}, "bucket_bytes"),
        ({"rate_bps": 0}, "rate_bps"),
        ({"queue_bytes": 0}, "queue_bytes"),
        ({"queue_s": -0.1}, "queue_s"),
    ],
)
def test_impossible_conditions_are_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Conditions(**wrong)


def test_a_steady_line_is_a_schedule_of_one_step() -> None:
    conditions = Conditions(delay_s=0.1)
    assert steady(conditions) == (Step(0.0, conditions),)


@pytest.mark.parametrize("times", [(), (1.0,), (0.0, 5.0, 4.0)])
def test_a_schedule_that_does_not_begin_or_ascend_is_refused(times: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="schedule"):
        check_schedule(tuple(Step(at, Conditions()) for at in times))
