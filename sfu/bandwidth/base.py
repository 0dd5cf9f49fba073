"""The delay of an empty line, as far as can be told: the least of the last 20 seconds."""

from __future__ import annotations

from collections import deque
from math import inf

BUCKET_S, BUCKETS = 2.0, 10
"""100 ppm of clock drift are 2 ms in 20 s."""


class Base:
    """Follow the least delay."""

    __slots__ = ("_bucket_at", "_buckets", "least_s")

    def __init__(self) -> None:
        self.least_s = inf
        """Infinite while no delay is known."""
        self._buckets: deque[float] = deque(maxlen=BUCKETS)
        self._bucket_at = 0.0

    def lower(self, delay_s: float, at: float) -> None:
        """Take the least delay of late."""
        if not self._buckets or at - self._bucket_at > BUCKET_S:
            self._buckets.append(delay_s)
            self._bucket_at = at
        elif delay_s < self._buckets[-1]:
            self._buckets[-1] = delay_s
        self.least_s = min(self._buckets)
