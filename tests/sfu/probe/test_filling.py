"""What padding meant: full or not, and what the line carried while it was."""

from __future__ import annotations

import numpy as np
import pytest

from sfu.probe.figures import Floats
from sfu.probe.filling import judge_step, noise_s, standing_rate, stood
from sfu.probe.told import Packets

RATE_BPS = 1_000_000
WIRE_BYTES = 318
EVERY_S = 8 * WIRE_BYTES / RATE_BPS


def sent(count: int, rate_bps: float = RATE_BPS) -> Floats:
    """Return sending times of so many packets at a rate."""
    return np.arange(count) * 8 * WIRE_BYTES / rate_bps


def packets(
    sent_at: Floats,
    delay_s: Floats | float,
) -> Packets:
    """Return packets with these delays; NaN where one is lost."""
    count = len(sent_at)
    return Packets(
        sent_at, np.full(count, float(WIRE_BYTES)), sent_at + 9 + delay_s, np.ones(count)
    )


def through(carries_bps: float, sent_bps: float, count: int = 120) -> Packets:
    """Return packets that queue before a line, without end."""
    at = sent(count, sent_bps)
    grows = max(8 * WIRE_BYTES / carries_bps - 8 * WIRE_BYTES / sent_bps, 0.0)
    return packets(at, 0.02 + grows * np.arange(float(count)))


def losing(step: Packets, *lost: int) -> Packets:
    came = step.arrived_at.copy()
    came[list(lost)] = np.nan
    return step._replace(arrived_at=came)


USUAL_S = 9.02


# a step


def test_a_step_that_passes_is_not_full() -> None:
    step = judge_step(through(2e6, 1e6), USUAL_S, 0.0)
    assert step is not None
    assert not step.is_full
    assert not step.is_slower
    assert step.sent_bps == pytest.approx(1e6, rel=0.01)
    assert step.received_bps == pytest.approx(1e6, rel=0.01)


def test_a_step_whose_queue_grows_is_full() -> None:
    step = judge_step(through(7e5, 1e6), USUAL_S, 0.0)
    assert step is not None
    assert step.is_full
    assert step.received_bps == pytest.approx(7e5, rel=0.01)


def test_a_step_that_is_hardly_slower_is_not_full() -> None:
    step = judge_step(through(9.4e5, 1e6, count=600), USUAL_S, 0.0)
    assert step is not None
    assert not step.is_full


def test_packets_that_come_later_without_a_trend_are_no_full_line() -> None:
    """A queue of another's that was gone before, and grows again: slower, but not rising."""
    delay = np.full(240, 0.09)
    delay[120:] = np.linspace(0.02, 0.06, 120)
    step = judge_step(packets(sent(240), delay), USUAL_S, 0.0)
    assert step is not None
    assert step.is_slower
    assert not step.is_full


def test_five_of_thirty_lost_are_chance_on_a_line_that_loses_five_per_cent() -> None:
    step = judge_step(losing(through(2e6, 1e6, 30), 3, 9, 14, 21, 27), USUAL_S, 0.05)
    assert step is not None
    assert step.loss_ratio > 0.15
    assert not step.is_full


def test_a_third_lost_is_a_full_line_without_any_delay() -> None:
    step = judge_step(losing(through(2e6, 1e6), *range(0, 120, 3)), USUAL_S, 0.0)
    assert step is not None
    assert step.is_full
    assert not judge_step(losing(through(2e6, 1e6), *range(0, 120, 3)), USUAL_S, 0.3).is_full  # type: ignore[union-attr]


def test_a_step_of_which_almost_nothing_came_is_full() -> None:
    step = judge_step(losing(through(2e6, 1e6, 40), *range(3, 40)), USUAL_S, 0.0)
    assert step is not None
    assert step.is_full


def test_a_step_of_which_little_is_told_says_nothing() -> None:
    assert judge_step(through(2e6, 1e6, 10), USUAL_S, 0.0) is None


def test_usual_loss_is_not_taken_for_a_slower_line() -> None:
    step = judge_step(losing(through(2e6, 1e6), *range(5, 120, 11)), USUAL_S, 0.09)
    assert step is not None
    assert not step.is_slower


# a queue that stands


def test_the_rate_of_a_standing_queue_is_the_line_s_whatever_was_sent() -> None:
    for sent_bps in (8e5, 1.5e6, 4e6):
        rate = standing_rate(through(6e5, sent_bps, 200), 9.02, 0.0)
        assert rate is not None
        assert rate.bps == pytest.approx(6e5, rel=0.01)


def test_a_line_without_a_queue_has_no_such_rate() -> None:
    assert standing_rate(through(2e6, 1e6), 9.02, 0.0) is None
    assert standing_rate(packets(sent(1), 0.5), 9.02, 0.0) is None


def test_packets_overtaken_by_one_that_did_not_wait_are_no_queue() -> None:
    delay = np.full(200, 0.02)
    delay[np.arange(200) % 5 > 0] = 0.06
    assert standing_rate(packets(sent(200), delay), 9.02, 0.0) is None
    assert not stood(packets(sent(200), delay), 9.02, 0.0)


def test_what_jitter_adds_is_no_queue() -> None:
    step = packets(sent(200), 0.02 + 0.03)
    assert standing_rate(step, 9.02, 0.035) is None
    assert standing_rate(step, 9.02, 0.025) is not None


def test_jitter_at_the_ends_of_a_run_does_not_thin_the_rate() -> None:
    random = np.random.default_rng(3)
    rates = []
    for _ in range(40):
        step = through(6e5, 1.2e6, 80)
        step = step._replace(arrived_at=step.arrived_at + random.uniform(0, 0.03, 80))
        rate = standing_rate(step, 9.02, 0.03)
        assert rate is not None
        rates.append(rate.bps)
    assert np.mean(rates) == pytest.approx(6e5, rel=0.015)


def test_time_of_which_no_feedback_tells_is_not_counted() -> None:
    step = through(6e5, 1.2e6, 200)
    told = np.r_[0:80, 130:200]
    rate = standing_rate(step.where(np.isin(np.arange(200), told)), 9.02, 0.0)
    assert rate is not None
    assert rate.bps == pytest.approx(6e5, rel=0.02)


def test_a_queue_stood_when_it_did_in_most_of_the_second_half() -> None:
    delay = np.full(100, 0.02)
    delay[45:] = 0.08
    assert stood(packets(sent(100), delay), 9.02, 0.0)
    delay[70:] = 0.02
    assert not stood(packets(sent(100), delay), 9.02, 0.0)


def test_the_noise_is_the_width_of_uniform_jitter() -> None:
    jitter = np.random.default_rng(1).uniform(0, 0.02, 400)
    assert noise_s(packets(sent(400), jitter)) == pytest.approx(0.02, rel=0.1)
    assert noise_s(packets(sent(5), 0.02)) == 0
    assert noise_s(packets(sent(400), 10 * jitter)) == 0.045
