"""Figures of the relay benchmark, and what makes a round void."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.relay.figures import Round, calls_at, middle, pps_per_core, summary
from benchmarks.relay.render import NAME, rendered
from benchmarks.tables import put_into

GOOD = Round(
    relay="ours",
    calls=20,
    seconds=2.0,
    sent=20_000,
    received=20_000,
    changed=0,
    cpu_s=0.8,
    latency_ms_p50=0.1,
    latency_ms_p99=0.5,
    lateness_ms_p99=0.2,
)
RATES = {"ours": 25_000, "bare": 100_000, "gcm": 75_000}


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"received": 19_999}, "1 of 20000 packets lost"),
        ({"changed": 1}, "1 samples changed"),
        ({"lateness_ms_p99": 2.5}, "fell 2.5 ms behind"),
    ],
)
def test_a_round_that_drops_or_falls_behind_is_void_and_says_so(
    fault: dict[str, Any], says: str
) -> None:
    assert GOOD.faults == []
    assert says in replace(GOOD, **fault).faults[0]


def test_a_rate_is_the_median_of_the_rounds_that_count() -> None:
    rounds = [
        replace(GOOD, cpu_s=1.0),
        GOOD,
        replace(GOOD, cpu_s=0.5),
        replace(GOOD, cpu_s=0.1, changed=1),
        replace(GOOD, relay="bare", cpu_s=0.1),
    ]
    assert pps_per_core(rounds, "ours") == 25_000
    assert pps_per_core(rounds, "gcm") is None


def test_of_several_turns_the_middle_one_that_counts_is_kept() -> None:
    turns = [replace(GOOD, cpu_s=cpu_s) for cpu_s in (0.7, 0.9, 0.8)]
    assert middle(turns, "ours").cpu_s == 0.8
    assert middle([*turns, replace(GOOD, cpu_s=0.1, changed=1)], "ours").cpu_s == 0.8
    assert middle([replace(GOOD, changed=1)], "ours").faults


def test_half_load_is_half_of_what_one_core_would_carry() -> None:
    assert calls_at(0.5, 26_400, call_per_s=440) == 30
    assert calls_at(0.5, None, call_per_s=440) == 1


def test_the_floor_ratio_is_our_cost_over_the_bare_relay() -> None:
    line = summary(RATES, GOOD, 399.6, 80.04)
    assert line == {
        "pps_per_core": 25_000,
        "floor_ratio": 4.0,
        "added_ms_p50": 0.1,
        "added_ms_p99": 0.5,
        "kb_per_peer": 400,
        "joins_per_s": 80.0,
    }


def test_what_only_a_void_round_could_tell_is_missing() -> None:
    line = summary(RATES | {"bare": None}, replace(GOOD, received=0), 400, 80)
    assert {name for name, figure in line.items() if figure is None} == {
        "floor_ratio",
        "added_ms_p50",
        "added_ms_p99",
        "kb_per_peer",
    }


def test_a_result_takes_the_place_of_the_former_on_the_page() -> None:
    page = "# Measured\n<!-- relay: begin -->\nold\n<!-- relay: end -->\nrest\n"
    result = {
        "measured_at": "2026-11-23T23:00:00+00:00",
        "cpus": 2,
        "load_average_before": 0.1,
        "python": "3.11.7",
        "relays": RATES,
        "rounds": [replace(GOOD, relay="bare").row()],
        "by_load": {"50%": GOOD.row(), "80%": replace(GOOD, changed=1).row()},
        "by_calls": [replace(GOOD, relay="bare", cpu_s=0.2).row(), GOOD.row()],
        **summary(RATES, GOOD, 400, 80),
    }
    text = put_into(page, NAME, rendered(result))
    assert "old" not in text
    assert text.endswith("rest\n")
    assert "| 50% | 20 | 40% | 0.10 ms | 0.50 ms |" in text
    assert "| 80% | 20 | void | void | void |" in text
    assert "| 20 | 40% | 2.00% | 40.0 | 10.0 | 0.10 ms | 0.50 ms |" in text
    older = rendered(result | {"by_calls": [GOOD.row()]})
    assert "| 20 | 40% | 2.00% | 40.0 |  | 0.10 ms | 0.50 ms |" in older
    assert "by each call" not in rendered(result | {"by_calls": []})
