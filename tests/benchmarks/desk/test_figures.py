"""The figures of the desk, from what was measured."""

from __future__ import annotations

from benchmarks.desk.figures import TO_REACH, Load, line, median_load, missed, p95

TIMES = {name: [float(n) for n in range(101)] for name in ("home", "search", "arrival")}


def test_p95_is_what_all_but_one_of_twenty_were_below() -> None:
    assert p95([float(n) for n in range(101)]) == 95.0
    assert p95([7.0, 7.0]) == 7.0


def test_the_load_in_the_middle_is_taken_whole() -> None:
    loads = [Load(3, 0.3), Load(1, 0.1), Load(2, 0.2)]
    assert median_load(loads) == Load(2, 0.2)


def test_the_line_has_every_figure_that_is_to_be_reached() -> None:
    figures = line(TIMES, Load(91_240, 1.234), Load(120_000, 2.0))
    assert set(TO_REACH) <= set(figures)
    assert (figures["patient_kb"], figures["patient_usable_s"]) == (91.2, 1.23)


def test_what_is_over_is_named() -> None:
    figures = line(TIMES, Load(100_100, 1.5), Load(120_000, 2.0))
    assert missed(figures) == ["search_ms_p95", "patient_kb"]
