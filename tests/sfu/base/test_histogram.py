"""Values counted by upper bounds."""

from __future__ import annotations

import pytest

from sfu.base.histogram import Histogram


def test_a_value_counts_below_the_first_bound_that_is_not_less() -> None:
    histogram = Histogram((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 2.0, 9.0):
        histogram.add(value)
    assert histogram.counts == [2, 2, 1]
    assert histogram.total == pytest.approx(14.0)


def test_one_includes_another_and_leaves_it_as_it_was() -> None:
    one, other = Histogram((1.0,)), Histogram((1.0,))
    one.add(0.5)
    other.add(0.7)
    other.add(3.0)
    one.include(other)
    assert one.counts == [2, 1]
    assert one.total == pytest.approx(4.2)
    assert other.counts == [1, 1]
    assert other.total == pytest.approx(3.7)
