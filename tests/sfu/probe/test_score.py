"""The E-model, against figures of ITU-T G.107 and G.113."""

from __future__ import annotations

import pytest

from sfu.probe.score import delay_impairment, delay_ms, loss_impairment, mos, r_factor


def test_delay_below_100_ms_is_not_heard() -> None:
    assert delay_impairment(0) == delay_impairment(100) == 0
    assert delay_impairment(101) < 0.1


@pytest.mark.parametrize(("ms", "idd"), [(150, 0.15), (200, 3.0), (300, 14.5), (400, 23.6)])
def test_delay_impairs_as_in_g107(ms: float, idd: float) -> None:
    """Read off the formula by hand; 400 ms of G.114's curve are an R of about 70."""
    assert delay_impairment(ms) == pytest.approx(idd, abs=0.9)


def test_loss_impairs_by_the_robustness_of_the_codec() -> None:
    """G.113: G.711 with concealment has Ie 0 and Bpl 25.1: 2 % random loss are 7.0."""
    assert loss_impairment(0.02, bpl=25.1) == pytest.approx(7.0, abs=0.05)
    assert loss_impairment(0.0) == 0
    assert loss_impairment(0.05) == pytest.approx(95 * 5 / 25)


def test_bursts_are_worse_than_random_loss() -> None:
    assert loss_impairment(0.05, burst_ratio=2.0) > loss_impairment(0.05)


def test_r_is_never_negative_and_at_most_93() -> None:
    assert r_factor(0, 0) == pytest.approx(93.2)
    assert r_factor(3000, 0.9) == 0


@pytest.mark.parametrize(("r", "score"), [(93.2, 4.41), (80, 4.02), (70, 3.60), (50, 2.58), (0, 1)])
def test_r_means_a_mos_as_in_annex_b(r: float, score: float) -> None:
    assert mos(r) == pytest.approx(score, abs=0.01)


def test_delay_is_half_of_each_round_trip_and_what_browsers_add() -> None:
    assert delay_ms((100, 60), 2) == 80 + 20 + 6.5 + 10 + 10
    assert delay_ms((100,), 20) == 50 + 20 + 6.5 + 40 + 10
