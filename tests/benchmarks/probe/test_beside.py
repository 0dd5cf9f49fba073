"""What is told beside the published figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.probe.beside import beside, most_expected
from benchmarks.probe.figures import CalmRun, Runs, StallRun
from sfu.messages import Cause, Level
from tests.benchmarks.probe.test_figures import CLEAN, run, way


def test_a_neighbouring_level_is_right_by_its_word_and_not_exact() -> None:
    near = run(down=way(capacity_bps=1_190_000), level=Level.FAIR, cause=Cause.CAPACITY_DOWN)
    assert beside(Runs(checks=[run(), near]))["level_exact"] == 0.5


def test_all_that_crossed_the_line_is_counted_both_ways() -> None:
    busy = run(true_up=replace(CLEAN, rate_bps=500_000), true_down=replace(CLEAN, rate_bps=300_000))
    took_s = busy.report.took_ms / 1000
    told = beside(Runs(checks=[busy], light=[run()]))
    assert told["line_mb_max"] == pytest.approx(800_000 * took_s / 8e6, rel=0.01)
    assert told["light_line_mb_max"] == pytest.approx(200_000 * took_s / 8e6, rel=0.01)
    assert (told["light_checks"], told["light_level_ok"]) == (1, 1.0)


def test_a_stall_is_named_or_not_and_somebody_is_blamed_or_not() -> None:
    stalls = [StallRun("stop", True, 0), StallRun("stop", False, 0), StallRun("stop", True, 3)]
    told = beside(Runs(stalls=stalls))
    assert (told["stalls"], told["stalls_named"], told["stalls_blamed"]) == (3, 2, 1)


def test_random_lines_are_summed_up_apart() -> None:
    right = run("random-36")
    told = beside(Runs(checks=[run()], random=[right, replace(right, line="random-25")]))
    assert (told["random_checks"], told["random_level_ok"]) == (2, 1.0)
    assert told["random_downlink_ok"] == 1.0


def test_few_hours_without_a_false_alarm_allow_several_an_hour() -> None:
    calms = [CalmRun("clean", 1800.0, 0, 0.1), CalmRun("clean", 9999.0, 5, 0.1, "late")]
    told = beside(Runs(calms=calms))
    assert (told["call_hours"], told["false_alarms_per_h_at_most"]) == (0.5, 6.0)


def test_what_no_run_tells_is_none() -> None:
    told = beside(Runs())
    assert told["level_exact"] is told["false_alarms_per_h_at_most"] is told["line_mb_max"] is None


@pytest.mark.parametrize(("count", "mean"), [(0, 2.996), (1, 4.744), (5, 10.513)])
def test_the_mean_behind_a_count_is_poisson_s(count: int, mean: float) -> None:
    """As tables of the exact limit for a Poisson mean have it, one-sided, 95 %."""
    assert most_expected(count) == pytest.approx(mean, abs=0.001)
