"""Garbage collection: what is kept out of it, and how long it holds up this process."""

from __future__ import annotations

import gc
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

BUCKETS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
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


@dataclass(frozen=True, slots=True)
class Pauses:
    """The collections of one generation since the start."""

    counts: tuple[int, ...]
    """By `BUCKETS_S`, each its own; the last is above all of them."""
    total_s: float


class PauseMeter:
    """Times each collection of this process, which holds up everything in it."""

    def __init__(self) -> None:
        self._counts = [[0] * (len(BUCKETS_S) + 1) for _ in range(GENERATIONS)]
        self._total_s = [0.0] * GENERATIONS
        self._started_at = 0.0

    def start(self) -> None:
        gc.callbacks.append(self._note)

    def stop(self) -> None:
        if self._note in gc.callbacks:
            gc.callbacks.remove(self._note)

    def read(self) -> list[Pauses]:
        """Return the pauses by generation, the youngest first."""
        pairs = zip(self._counts, self._total_s, strict=True)
        return [Pauses(tuple(counts), total_s) for counts, total_s in pairs]

    def _note(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._started_at = time.perf_counter()
            return
        pause_s = time.perf_counter() - self._started_at
        generation = info["generation"]
        self._counts[generation][bisect_left(BUCKETS_S, pause_s)] += 1
        self._total_s[generation] += pause_s
