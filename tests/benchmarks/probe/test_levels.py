"""Which level and cause numbers stand for, by the table; and the lines by their own numbers."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from benchmarks.netlab.conditions import Conditions, GilbertElliott
from benchmarks.probe import levels
from benchmarks.probe.levels import Numbers, right_of
from benchmarks.probe.lines import LINES, SHORT, loss_ratio, variation_ms
from sfu.messages import Cause, Level, LineQuality

PERFECT = Numbers(rtt_ms=50.0)


def told(level: Level, cause: Cause = Cause.NONE, *, borderline: bool = False) -> LineQuality:
    return LineQuality(level=level, cause=cause, borderline=borderline)


@pytest.mark.parametrize(
    ("numbers", "level", "cause"),
    [
        (PERFECT, Level.GOOD, Cause.NONE),
        (Numbers(rtt_ms=200.0), Level.FAIR, Cause.DELAY),
        (Numbers(rtt_ms=400.0), Level.POOR, Cause.DELAY),
        (Numbers(rtt_ms=900.0), Level.NO_CALL, Cause.DELAY),
        (Numbers(rtt_ms=50.0, loss_up=0.02), Level.FAIR, Cause.LOSS_UP),
        (Numbers(rtt_ms=50.0, loss_down=0.08), Level.POOR, Cause.LOSS_DOWN),
        (Numbers(rtt_ms=50.0, loss_down=0.2), Level.NO_CALL, Cause.LOSS_DOWN),
        (Numbers(rtt_ms=50.0, variation_up_ms=45.0), Level.FAIR, Cause.JITTER_UP),
        (Numbers(rtt_ms=50.0, variation_down_ms=500.0), Level.POOR, Cause.JITTER_DOWN),
        (Numbers(rtt_ms=50.0, capacity_up_bps=8e5), Level.FAIR, Cause.CAPACITY_UP),
        (Numbers(rtt_ms=50.0, capacity_down_bps=3e5), Level.POOR, Cause.CAPACITY_DOWN),
        (Numbers(rtt_ms=50.0, capacity_down_bps=5e4), Level.NO_CALL, Cause.CAPACITY_DOWN),
    ],
)
def test_the_worst_number_gives_the_level_and_the_cause(
    numbers: Numbers, level: Level, cause: Cause
) -> None:
    right = right_of(numbers)
    assert right.level is level
    assert right.causes == {level: frozenset({cause})}


def test_of_two_numbers_that_are_as_bad_either_is_a_cause() -> None:
    right = right_of(Numbers(rtt_ms=200.0, loss_up=0.02, capacity_down_bps=2e6))
    assert right.causes == {Level.FAIR: frozenset({Cause.DELAY, Cause.LOSS_UP})}


def test_a_full_queue_of_more_than_200_ms_may_be_named_beside_a_good_level() -> None:
    assert right_of(Numbers(rtt_ms=50.0, bloat_ms=300.0)).causes == {
        Level.GOOD: frozenset({Cause.NONE, Cause.BUFFERBLOAT})
    }


def test_next_to_a_threshold_the_neighbour_is_right_where_the_verdict_says_it_is_close() -> None:
    right = right_of(Numbers(rtt_ms=50.0, capacity_up_bps=1_210_000.0))
    assert right.level is Level.GOOD
    assert right.causes[Level.FAIR] == frozenset({Cause.CAPACITY_UP})
    assert right.has_level(told(Level.GOOD))
    assert right.has_level(told(Level.FAIR, Cause.CAPACITY_UP, borderline=True))
    assert not right.has_level(told(Level.FAIR, Cause.CAPACITY_UP))
    assert not right.has_level(told(Level.POOR, Cause.CAPACITY_UP, borderline=True))


def test_one_packet_more_or_less_does_not_move_a_loss_across_a_threshold() -> None:
    on_the_edge = Numbers(rtt_ms=50.0, loss_up=6.1 / 200, packets=200)
    assert set(right_of(on_the_edge).causes) == {Level.FAIR, Level.POOR}
    assert set(right_of(Numbers(rtt_ms=50.0, loss_up=0.0, packets=50)).causes) == {Level.GOOD}


def test_a_cause_is_judged_by_the_level_that_was_told_or_else_by_the_right_one() -> None:
    right = right_of(Numbers(rtt_ms=50.0, loss_down=0.08))
    assert right.has_cause(told(Level.FAIR, Cause.LOSS_DOWN))
    assert not right.has_cause(told(Level.POOR, Cause.LOSS_UP))
    assert not right.has_cause(told(Level.UNKNOWN, Cause.SERVER))


def test_how_many_levels_a_verdict_is_off() -> None:
    right = right_of(Numbers(rtt_ms=50.0, loss_down=0.08))
    off = [right.levels_off(told(level)) for level in (*levels.LEVELS, Level.UNKNOWN)]
    assert off == [2, 1, 0, 1, 1]
    either = right_of(Numbers(rtt_ms=50.0, capacity_up_bps=1_210_000.0))
    assert [either.levels_off(told(level)) for level in levels.LEVELS] == [0, 0, 1, 2]


def test_what_judges_a_verdict_imports_nothing_of_what_made_it() -> None:
    tree = ast.parse(Path(levels.__file__).read_text())
    imported = {it.module for it in ast.walk(tree) if isinstance(it, ast.ImportFrom)}
    assert {name for name in imported if name and name.startswith("sfu")} == {"sfu.messages"}


def test_the_lines_by_their_own_numbers() -> None:
    expected = {
        "lan": Level.GOOD,
        "dsl": Level.GOOD,
        "lte": Level.GOOD,
        "wifi-bad": Level.FAIR,
        "satellite": Level.POOR,
        "300k-80ms": Level.POOR,
        "300k-300ms": Level.POOR,
        "600k-80ms": Level.FAIR,
        "600k-300ms": Level.FAIR,
        "1200k-80ms": Level.GOOD,
        "1200k-300ms": Level.GOOD,
        "up-250k": Level.POOR,
        "down-loss-8": Level.POOR,
        "overseas": Level.FAIR,
        "loss-1": Level.GOOD,
        "loss-5-jitter-15": Level.POOR,
        "token-bucket": Level.FAIR,
        "up-loss-4": Level.POOR,
        "5000k": Level.GOOD,
    }
    assert {name: line.right.level for name, line in LINES.items()} == expected
    on_a_threshold = {name for name, line in LINES.items() if len(line.right.causes) > 1}
    assert on_a_threshold == {"wifi-bad", "satellite", "1200k-80ms", "1200k-300ms", "loss-1"}


def test_lines_that_are_bad_in_one_direction_name_it() -> None:
    ways = {name: LINES[name].right.causes[Level.POOR] for name in ("up-250k", "down-loss-8")}
    assert ways == {
        "up-250k": frozenset({Cause.CAPACITY_UP}),
        "down-loss-8": frozenset({Cause.LOSS_DOWN}),
    }


def test_the_short_form_has_lines_of_different_levels() -> None:
    assert {LINES[name].right.level for name in SHORT} == {Level.FAIR, Level.POOR}


def test_random_loss_and_bursts_add_up() -> None:
    way = Conditions(loss_ratio=0.1, bursts=GilbertElliott.of(0.2, 5))
    assert loss_ratio(way) == pytest.approx(0.28)


def test_delay_variation_of_uniform_and_gaussian_jitter() -> None:
    assert variation_ms(Conditions(jitter_s=0.010)) == pytest.approx(19.0)
    assert variation_ms(Conditions(jitter_s=0.010, jitter_gaussian=True)) == pytest.approx(44.0)
