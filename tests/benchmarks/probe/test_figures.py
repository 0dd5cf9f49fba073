"""From runs of checks and calls to the figures that are published."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from benchmarks.probe.figures import (
    CalmRun,
    CheckRun,
    Runs,
    StallRun,
    StepRun,
    by_line,
    downlink_ok,
    jitter_ok,
    level_ok,
    line_of,
    loss_direction,
    loss_in_interval,
    rtt_ok,
    seen_of,
    uplink_ok,
)
from benchmarks.probe.truth import Truth, Way
from sfu.messages import Cause, CheckReport, CheckState, DirectionQuality, Level, LineQuality

NAMES = [
    "rtt_ok",
    "loss_in_interval",
    "loss_direction",
    "jitter_ok",
    "downlink_ok",
    "uplink_ok",
    "level_ok",
    "level_off_by_two",
    "cause_ok",
    "first_verdict_s_p95",
    "check_s_p95",
    "check_mb_max",
    "warn_s_p95",
    "clear_s_p95",
    "false_alarms_per_h",
]
CLEAN = Way(
    packets=200,
    loss_ratio=0.0,
    delay_ms=25.0,
    jitter_ms=2.0,
    line_jitter_ms=0.5,
    variation_ms=5.0,
    rate_bps=100_000,
)
LOSSY = replace(CLEAN, loss_ratio=0.08)
STEP = StepRun("loss", 4.0, 9.0, "loss_down", True, 0.1)


def way(**fields: Any) -> DirectionQuality:
    """A direction as it is told; of a good line unless named."""
    told: dict[str, Any] = {
        "packets": 200,
        "loss_ratio": 0.0,
        "loss_low": 0.0,
        "loss_high": 0.019,
        "jitter_ms": 2.5,
        "capacity_bps": 2_400_000,
        "capacity_is_bound": True,
    }
    return DirectionQuality(**(told | fields))


def run(
    line: str = "dsl",
    *,
    true_up: Way = CLEAN,
    true_down: Way = CLEAN,
    lateness_ms: float = 0.1,
    first_s: float | None = 2.5,
    state: CheckState = CheckState.DONE,
    **told: Any,
) -> CheckRun:
    """A check; what is told is of a good line unless named."""
    fields: dict[str, Any] = {"level": Level.GOOD, "rtt_ms": 51.0, "up": way(), "down": way()}
    rtt_ms = (true_up.delay_ms or 0.0) + (true_down.delay_ms or 0.0)
    truth = Truth(true_up, true_down, rtt_ms, lateness_ms)
    report = CheckReport(
        state=state,
        started_at=datetime.now(UTC),
        took_ms=9_000,
        size_bytes=800_000,
        quality=LineQuality(**(fields | told)),
    )
    return CheckRun(line, "chromium", report, first_s, truth, truth)


def test_a_round_trip_may_miss_three_milliseconds_or_five_percent() -> None:
    assert rtt_ok(run(rtt_ms=53.0))
    assert not rtt_ok(run(rtt_ms=53.1))
    far = replace(CLEAN, delay_ms=300.0)
    assert rtt_ok(run(true_up=far, true_down=far, rtt_ms=630.0))
    assert not rtt_ok(run(true_up=far, true_down=far, rtt_ms=631.0))
    assert not rtt_ok(run(rtt_ms=None))


def test_loss_has_to_lie_in_the_interval_of_both_directions() -> None:
    told = way(loss_ratio=0.07, loss_low=0.04, loss_high=0.11)
    assert loss_in_interval(run(true_down=LOSSY, down=told))
    assert not loss_in_interval(run(true_up=LOSSY, true_down=LOSSY, down=told))
    assert not loss_in_interval(run(down=way(loss_low=None, loss_high=None)))


def test_the_direction_of_loss_is_judged_where_the_two_differ_by_three_points() -> None:
    told = way(loss_ratio=0.05)
    assert loss_direction(run(true_down=LOSSY, down=told))
    assert loss_direction(run(true_up=LOSSY, down=told)) is False
    assert loss_direction(run(true_down=LOSSY, down=way(loss_ratio=None))) is False
    assert loss_direction(run(true_down=replace(CLEAN, loss_ratio=0.02), down=told)) is None


def test_jitter_may_miss_fifteen_percent_or_one_and_a_half_milliseconds() -> None:
    rough = replace(CLEAN, jitter_ms=20.0)
    assert jitter_ok(run(up=way(jitter_ms=3.5)))
    assert not jitter_ok(run(up=way(jitter_ms=3.6)))
    assert jitter_ok(run(true_down=rough, down=way(jitter_ms=23.0)))
    assert not jitter_ok(run(true_down=rough, down=way(jitter_ms=23.1)))
    unknown = replace(CLEAN, jitter_ms=None)
    assert jitter_ok(run(true_up=unknown, up=way(jitter_ms=99.0)))
    assert jitter_ok(run(true_up=unknown, true_down=unknown)) is None


@pytest.mark.parametrize(
    ("line", "told_bps", "is_right"),
    [
        ("600k-80ms", 541_000, True),
        ("600k-80ms", 539_000, False),
        ("600k-80ms", 659_000, True),
        ("600k-80ms", 661_000, False),
    ],
)
def test_downlink_capacity_may_miss_ten_percent(line: str, told_bps: int, is_right: bool) -> None:
    told = way(capacity_bps=told_bps, capacity_is_bound=False)
    assert downlink_ok(run(line, down=told)) is is_right


def test_uplink_capacity_may_be_twenty_percent_below_and_ten_above() -> None:
    for bps, is_right in ((199_000, False), (201_000, True), (274_000, True), (276_000, False)):
        told = way(capacity_bps=bps, capacity_is_bound=False)
        assert uplink_ok(run("up-250k", up=told)) is is_right


def test_uplink_capacity_is_not_judged_where_much_is_lost_on_the_way() -> None:
    assert uplink_ok(run("up-loss-4")) is None


def test_a_bound_is_right_when_it_reaches_the_highest_threshold_and_is_not_too_high() -> None:
    assert downlink_ok(run("dsl", down=way(capacity_bps=1_200_000)))
    assert not downlink_ok(run("dsl", down=way(capacity_bps=1_100_000)))
    assert downlink_ok(run("5000k", down=way(capacity_bps=2_400_000)))
    bound = way(capacity_bps=2_400_000, capacity_is_bound=False)
    assert not downlink_ok(run("5000k", down=bound))
    assert not downlink_ok(run("1200k-80ms", down=way(capacity_bps=2_400_000)))
    assert not downlink_ok(run(down=way(capacity_bps=None)))


def test_a_level_is_right_by_what_happened_in_the_run() -> None:
    lucky = replace(LOSSY, loss_ratio=0.02)
    fair = run("down-loss-8", true_down=lucky, level=Level.FAIR, cause=Cause.LOSS_DOWN)
    assert level_ok(fair)
    assert by_line([fair])["down-loss-8"]["level_of_line_ok"] == 0.0
    assert not level_ok(run("down-loss-8", true_down=LOSSY))


def test_a_narrow_lines_queue_is_no_cause() -> None:
    shaky = replace(CLEAN, variation_ms=90.0)
    for cause, share in ((Cause.JITTER_UP, 0.0), (Cause.CAPACITY_UP, 1.0)):
        told = run("up-250k", true_up=shaky, level=Level.POOR, cause=cause)
        assert by_line([told])["up-250k"]["cause_ok"] == share


def test_void_runs_are_counted_and_left_out() -> None:
    busy = replace(run(rtt_ms=500.0), machine="it stood still")
    runs = Runs(checks=[run(), run(rtt_ms=500.0, lateness_ms=2.1), busy])
    assert runs.void == 2
    assert line_of(runs)["rtt_ok"] == 1.0


def test_the_line_has_the_names_of_the_issue_and_none_where_nothing_tells() -> None:
    line = line_of(Runs())
    assert list(line) == NAMES
    assert set(line.values()) == {None}


def test_the_line_of_some_runs() -> None:
    bad = run("down-loss-8", true_down=LOSSY, level=Level.GOOD, first_s=4.0)
    runs = Runs(
        checks=[run(), bad],
        steps=[STEP],
        calms=[CalmRun("clean", 1800.0, 1, 0.1), CalmRun("clean", 60.0, 9, 2.1)],
        stalls=[StallRun("stopped", True, 0)],
    )
    line = line_of(runs)
    assert line["level_ok"] == 0.5
    assert line["level_off_by_two"] == 1
    assert line["cause_ok"] == 0.75
    assert line["loss_direction"] == 0.0
    assert (line["first_verdict_s_p95"], line["check_s_p95"]) == (4.0, 9.0)
    assert line["check_mb_max"] == 0.8
    assert (line["warn_s_p95"], line["clear_s_p95"]) == (4.0, 9.0)
    assert line["false_alarms_per_h"] == 2.0


def test_a_step_that_was_never_told_has_no_percentile() -> None:
    line = line_of(Runs(steps=[STEP, replace(STEP, warn_s=None, clear_s=None)]))
    assert (line["warn_s_p95"], line["clear_s_p95"]) == (None, None)


def test_a_check_that_told_no_level_before_its_end_told_it_then() -> None:
    assert line_of(Runs(checks=[run(first_s=None)]))["first_verdict_s_p95"] == 9.0
    stopped = run(first_s=None, state=CheckState.STOPPED)
    assert line_of(Runs(checks=[stopped]))["first_verdict_s_p95"] is None


def test_a_stalled_node_that_is_not_named_or_somebody_who_is_blamed_is_wrong() -> None:
    stalls = [StallRun("a", True, 0), StallRun("b", False, 0), StallRun("c", True, 1)]
    assert line_of(Runs(stalls=stalls))["cause_ok"] == pytest.approx(1 / 3, abs=1e-4)


def test_others_are_given_what_happened_and_not_what_was_told() -> None:
    seen = seen_of(run("up-250k", true_down=LOSSY, rtt_ms=999.0))
    assert (seen.rtt_ms, seen.loss_down, seen.capacity_up_bps) == (50.0, 0.08, 250_000)
    found = by_line([run("down-loss-8", true_down=LOSSY)])["down-loss-8"]
    assert found["others"]["Jitsi"] == {"levels": {"good": 1}, "right": 0.0}


def test_each_line_has_what_was_told_beside_what_was_true() -> None:
    told = run("600k-80ms", down=way(capacity_bps=590_000), cause=Cause.CAPACITY_DOWN)
    found = by_line([told])["600k-80ms"]
    assert found["told"]["levels"] == {"good capacity_down": 1}
    assert found["told"]["told_and_true"]["capacity_down_bps"] == [590_000, 600_000]
    assert (found["runs"], found["void"]) == (1, 0)
