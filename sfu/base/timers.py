"""Deadlines of many things in one heap: set again freely, forgotten lazily."""

from __future__ import annotations

import heapq
from collections.abc import Hashable
from math import ceil
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

GRID_S = 0.01
"""Deadlines that need no more precision are met together: each waking of the loop costs about as
much as half a packet, and 40 calls had 2,000 a second."""


def on_grid(at: float) -> float:
    """Return the first instant of the common grid at or after this one."""
    return ceil(at / GRID_S) * GRID_S


class Timers(Generic[K]):
    """One deadline per key; setting it again moves it.

    A moved or cancelled deadline stays in the heap as a stale entry until it comes to the top,
    so every operation is O(log n) and none searches.
    """

    __slots__ = ("_at", "_heap", "_order")

    def __init__(self) -> None:
        self._at: dict[K, float] = {}
        self._heap: list[tuple[float, int, K]] = []
        self._order = 0  # equal deadlines fire in the order they were set; keys need no order

    def __len__(self) -> int:
        return len(self._at)

    def set(self, key: K, at: float | None) -> None:
        """Let `key` fire at `at` (monotonic seconds); None cancels it."""
        if at is None:
            self._at.pop(key, None)
            return
        if self._at.get(key) == at:
            return
        self._at[key] = at
        self._order += 1
        heapq.heappush(self._heap, (at, self._order, key))

    def cancel(self, key: K) -> None:
        self._at.pop(key, None)

    def next_timeout(self) -> float | None:
        """The earliest deadline, or None."""
        heap, deadlines = self._heap, self._at
        while heap:
            at, _, key = heap[0]
            if deadlines.get(key) == at:
                return at
            heapq.heappop(heap)
        return None

    def pop_due(self, now: float) -> K | None:
        """Remove and return the earliest key that is due at `now`; None when none is."""
        at = self.next_timeout()
        if at is None or at > now:
            return None
        _, _, key = heapq.heappop(self._heap)
        del self._at[key]
        return key
