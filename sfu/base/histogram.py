"""Counts of values by upper bounds, for a scrape to read: no lock, no metric object."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


class Histogram:
    """Values counted below each bound and above the last, and their sum."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        """Count nothing yet.

        Args:
            bounds: Ascending; a value counts below the first that is not less.
        """
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        """Each bound's own, not cumulative; the last is of all above."""
        self.total = 0.0

    def add(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def include(self, other: Histogram) -> None:
        """Add all of another one of the same bounds."""
        self.counts = [a + b for a, b in zip(self.counts, other.counts, strict=True)]
        self.total += other.total
