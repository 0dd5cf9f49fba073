"""Which runs pass."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.load.verdict import LIMITS, PER_MILLE, Figure, Seen, Verdict, judge

GOOD = Seen(count=20, failed=0, mean=1.0, p95=2.0, most=3.0)
NONE = Seen(count=20, failed=0, mean=0.0, p95=0.0, most=0.0)
ALL_GOOD = dict.fromkeys(Figure, GOOD) | {Figure.LEAKED: NONE}


def verdict(seen: dict[Figure, Seen] | None = None, **changed: Any) -> Verdict:
    given: dict[str, Any] = {
        "wanted": [], "failure_ratio": 0.0, "max_failure_ratio": 0.01, "requests": 500,
    }  # fmt: skip
    limits = {limit: limit.default for limit in LIMITS}
    return judge(seen or ALL_GOOD, limits, **given | changed)


def test_a_run_that_kept_all_limits_passes() -> None:
    found = verdict(wanted=list(Figure))
    assert found.passed
    assert found.lines[-1] == "PASSED"


OTHERS = [limit for limit in LIMITS if limit.figure is not Figure.BEHIND]


@pytest.mark.parametrize("limit", OTHERS, ids=lambda limit: limit.option)
def test_a_run_beyond_any_limit_fails_and_names_it(limit: Any) -> None:
    high = limit.default * limit.scale * 1.1 or 1.0
    seen = ALL_GOOD | {limit.figure: Seen(20, 0, high, high, high)}
    found = verdict(seen)
    assert not found.passed
    assert limit.text in found.lines[-1]


def test_a_run_whose_load_fell_behind_is_void() -> None:
    found = verdict({Figure.BEHIND: Seen(20, 0, 150.0, 150.0, 150.0)})
    assert not found.passed
    assert found.lines[-1].startswith("VOID: the load fell 150 ms behind")


def test_a_ratio_is_the_mean_of_what_locust_counts_in_per_mille() -> None:
    few = Seen(
        count=100, failed=0, mean=0.004 * PER_MILLE, p95=0.03 * PER_MILLE, most=0.1 * PER_MILLE
    )
    many = Seen(count=100, failed=0, mean=0.006 * PER_MILLE, p95=0.0, most=0.1 * PER_MILLE)
    assert verdict({Figure.GAPS: few}).passed
    assert not verdict({Figure.GAPS: many}).passed


def test_a_run_that_never_measured_what_it_should_fails() -> None:
    found = verdict({Figure.JOIN: GOOD}, wanted=[Figure.JOIN, Figure.GAPS])
    assert found.lines[-1] == "FAILED: never measured: audio gaps, ‰"


def test_attempts_that_failed_are_no_measurement_and_no_small_matter() -> None:
    seen = {Figure.FIRST_PACKET: Seen(count=18, failed=2, mean=1.0, p95=1.0, most=1.0)}
    assert verdict(seen).lines[-1] == "FAILED: first packet after ACCEPT failed 2 times"
    none = {Figure.FIRST_PACKET: Seen(count=0, failed=2, mean=0.0, p95=0.0, most=0.0)}
    assert "never measured" in verdict(none, wanted=[Figure.FIRST_PACKET]).lines[-1]


def test_failed_requests_fail_a_run() -> None:
    assert verdict(failure_ratio=0.009).passed
    assert not verdict(failure_ratio=0.011).passed
    assert verdict(failure_ratio=0.011, max_failure_ratio=0.02).passed


def test_a_run_in_which_nothing_was_asked_fails() -> None:
    assert verdict(requests=0).lines[-1] == "FAILED: nothing was asked at all"
