"""Speech found again in a recording, and constants fitted to scores."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.netlab.link import Fate
from benchmarks.probe.listening import sound_loss, summary
from benchmarks.probe.speech import (
    MEDIA_HZ,
    PERIOD_S,
    Scored,
    find,
    fitted,
    halves,
    laid_out,
    modelled,
    periods,
    resampled,
    rmse,
    spearman,
)
from tests.benchmarks.probe.test_truth import DOWN, stream

PERIOD = np.random.default_rng(5).normal(0, 0.1, 8_000)


def test_the_first_whole_period_of_a_recording_is_found() -> None:
    recorded = np.roll(np.tile(PERIOD, 3), 1_234)[: 3 * len(PERIOD)]
    noisy = recorded + np.random.default_rng(6).normal(0, 0.05, recorded.size)
    assert find(PERIOD, noisy) == 1_234
    assert [start for start, _ in periods(PERIOD, noisy)] == [1_234, 9_234]
    assert np.array_equal(periods(PERIOD, recorded)[0][1], PERIOD)


def test_another_rate_keeps_tone_and_level() -> None:
    at = np.arange(48_000) / 48_000
    slow = resampled(np.sin(2 * np.pi * 440 * at), 48_000, 16_000)
    assert slow == pytest.approx(np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000), abs=1e-6)


def test_sounds_are_laid_out_over_one_period_as_loud_as_each_other() -> None:
    period = laid_out([np.ones(1000) * 0.1, np.ones(MEDIA_HZ * 9)])
    assert len(period) == PERIOD_S * MEDIA_HZ
    half = len(period) // 2
    assert np.abs(period[:half]).max() == np.abs(period[half:]).max() == 0.5
    assert period[-1] == period[0] == 0


def test_constants_are_found_again_in_scores_that_follow_them() -> None:
    losses = (0.0, 0.01, 0.03, 0.05, 0.08, 0.12, 0.2)
    scored = [Scored(f"{loss}", loss, modelled(loss, 6.0, 14.0)) for loss in losses]
    assert fitted(scored) == (6.0, 14.0)
    assert rmse(scored, lambda loss: modelled(loss, 6.0, 14.0)) == pytest.approx(0)


def test_the_constants_of_one_half_are_judged_on_the_other() -> None:
    losses = (0.0, 0.01, 0.03, 0.05, 0.08, 0.12, 0.2)
    scored = [
        Scored(f"{loss}", loss, modelled(loss, 6.0, 14.0) + error)
        for loss in losses
        for error in (0.0, 0.1)
    ]
    first, second = halves(scored)
    assert ({it.line for it in first}, len(first)) == ({it.line for it in second}, 7)
    found = summary(scored)
    assert (found["ie"], found["bpl"]) == (6.0, 14.0)
    assert found["rmse"] == pytest.approx(0.1, abs=0.001)
    assert found["spearman"] == 1.0
    assert found["lines"]["0.0"]["loss_ratio"] == 0


def test_the_correlation_of_orders() -> None:
    assert spearman([1, 2, 3, 4], [10, 20, 30, 400]) == pytest.approx(1)
    assert spearman([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1)
    assert spearman([1, 1, 2, 3], [1, 2, 3, 4]) == pytest.approx(0.9487, abs=1e-4)


def test_the_loss_of_speech_is_that_of_the_even_stream_in_its_time() -> None:
    records = stream(90, DOWN) + stream(10, DOWN, fate=Fate.LOST)
    records = sorted(records)
    assert sound_loss(records, 100, 110) == pytest.approx(0.1)
    assert sound_loss(records, 200, 210) == 0
