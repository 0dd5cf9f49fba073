"""Intervals, trends and delay variation."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from sfu.probe.figures import (
    bin_minima,
    delay_variation_s,
    kendall_tau,
    percentile_95,
    wilson,
    without_drift,
)


def test_nothing_lost_of_250_means_at_most_one_and_a_half_per_cent() -> None:
    share = wilson(0, 250)
    assert share.point == share.low == 0
    assert share.high == pytest.approx(0.0151, abs=1e-4)


def test_an_interval_agrees_with_published_figures() -> None:
    """Newcombe 1998, table I: 81 of 263 and 15 of 148."""
    assert wilson(81, 263)[1:] == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(15, 148)[1:] == pytest.approx((0.0624, 0.1605), abs=1e-4)


def test_everything_lost_has_an_interval_up_to_one() -> None:
    share = wilson(40, 40)
    assert share.high == 1
    assert share.low == pytest.approx(0.912, abs=1e-3)


def test_the_interval_holds_the_truth_in_about_95_per_cent() -> None:
    random = Random(1)
    hits = 0
    for _ in range(1000):
        lost = sum(random.random() < 0.04 for _ in range(200))
        hits += wilson(lost, 200).low <= 0.04 <= wilson(lost, 200).high
    assert hits >= 930


def test_kendall_tells_rising_from_falling_and_noise() -> None:
    rising = np.arange(20.0)
    assert kendall_tau(rising) == 1
    assert kendall_tau(-rising) == -1
    noise = np.random.default_rng(1).random(40)
    assert abs(kendall_tau(noise)) < 0.25


def test_two_values_and_equal_values_have_no_trend() -> None:
    assert kendall_tau(np.array([1.0, 2.0])) == 0
    assert kendall_tau(np.ones(9)) == 0


def test_minima_are_of_each_stretch_of_time() -> None:
    at = np.array([0.0, 0.4, 1.1, 1.9, 3.2])
    times, minima = bin_minima(at, np.array([5.0, 3.0, 9.0, 7.0, 4.0]), 1.0)
    assert times.tolist() == [0.5, 1.5, 3.5]
    assert minima.tolist() == [3, 7, 4]


@pytest.mark.parametrize("drift", [-100e-6, 100e-6])
def test_clock_drift_is_no_delay_variation(drift: float) -> None:
    at = np.arange(0, 10, 0.02)
    jitter = np.random.default_rng(2).uniform(0, 0.004, len(at))
    assert delay_variation_s(at, 0.05 + jitter + drift * at) == pytest.approx(0.0038, abs=2e-4)


def test_a_queue_that_fills_is_no_drift() -> None:
    at = np.arange(0, 10, 0.02)
    assert delay_variation_s(at, 0.01 * at) > 0.08


def test_a_short_time_has_no_drift_to_speak_of() -> None:
    at = np.arange(0, 2, 0.02)
    delays = 100e-6 * at
    assert without_drift(at, delays) is delays


def test_one_packet_has_no_delay_variation() -> None:
    assert delay_variation_s(np.array([1.0]), np.array([0.3])) == 0


def test_the_95th_percentile_is_what_95_of_100_do_not_exceed() -> None:
    assert percentile_95(np.arange(100.0)) == 95
    assert percentile_95(np.array([3.0])) == 3
