"""Garbage collection: what is kept out of it, and how long it holds up this process."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sfu.base.histogram import Histogram

BOUNDS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
"""Upper bounds of the histogram of pauses."""
GENERATIONS = 3
THRESHOLDS = (700, 10, 50)
"""Python's own, but that a full collection comes a fifth as often: one of what 80 peers in calls
hold took 5 to 10 ms, and 50 with what was imported as well (two cores, load 7)."""


@contextmanager
def settled() -> Iterator[None]:
    """Keep what is imported by now out of collections, while a node runs in this process.

    It stays, and is most of what a full collection would go through.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


class PauseMeter:
    """Times each collection of this process, which holds up everything in it."""

    def __init__(self) -> None:
        self.pauses_s = [Histogram(BOUNDS_S) for _ in range(GENERATIONS)]
        """By generation, the youngest first."""
        self._started_at = 0.0

    def start(self) -> None:
        gc.callbacks.append(self._note)

    def stop(self) -> None:
        if self._note in gc.callbacks:
            gc.callbacks.remove(self._note)

    def _note(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._started_at = time.perf_counter()
            return
        self.pauses_s[info["generation"]].add(time.perf_counter() - self._started_at)
