"""Lines that nothing was tuned to: the same for the same seed, and of every kind."""

from __future__ import annotations

from benchmarks.probe.lines import LINES, line_named, random_line
from sfu.messages import Cause, Level

SEEDS = range(1, 41)


def test_a_random_line_is_known_by_its_name() -> None:
    for seed in SEEDS:
        assert line_named(f"random-{seed}") == random_line(seed)
    assert line_named("dsl") is LINES["dsl"]
    assert len({random_line(seed).profile.says for seed in SEEDS}) == len(SEEDS)


def test_random_lines_have_every_level_and_most_causes() -> None:
    right = [random_line(seed).right for seed in SEEDS]
    assert {each.level for each in right} == set(Level) - {Level.UNKNOWN}
    causes = {cause for each in right for cause in each.causes[each.level]}
    assert causes >= {
        Cause.DELAY,
        Cause.LOSS_UP,
        Cause.LOSS_DOWN,
        Cause.JITTER_UP,
        Cause.CAPACITY_UP,
        Cause.CAPACITY_DOWN,
    }
