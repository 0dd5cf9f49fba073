"""When one direction of a line was full, by what its bandwidth estimator found.

A line that narrows drops and delays what was sent before its sender heard of it. That says what the
line carries, and is over as soon as less is sent; so it is no loss of the line's own. Such time is
left out of what a window tells, as long as enough is left to tell by. Where a line stays full
nothing is left out: what it drops is what its people hear, and the cause is its capacity.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sfu.probe.figures import Floats

LEAST_LEFT_S = 3.0
"""Of a window that was not full: as much as tells of loss by itself (`hysteresis.LATE_S`)."""
MAX_SPANS = 64


class Carried(NamedTuple):
    """What a direction carries, by its bandwidth estimator."""

    bps: int | None = None
    """Of IP packets; None where nothing is known."""
    is_bound: bool = False
    """It carries that at least."""
    full: tuple[float, float] | None = None
    """When it was last full, from and to, monotonic; None when it never was."""


class Congestion:
    """Note each time in which the direction was full, the latest last.

    Args:
        window_s: For how long each is remembered.
    """

    __slots__ = ("_spans", "_window_s")

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._spans: deque[tuple[float, float]] = deque(maxlen=MAX_SPANS)

    def note(self, since: float, until: float, now: float) -> None:
        """Note that it was full from one time to another; one that goes on may be told again."""
        while self._spans and self._spans[0][1] < now - self._window_s:
            self._spans.popleft()
        while self._spans and since <= self._spans[-1][1]:
            before = self._spans.pop()
            since, until = min(since, before[0]), max(until, before[1])
        self._spans.append((since, until))

    def is_lasting(self, now: float) -> bool:
        """Whether it was full for so much of the window that the rest tells too little."""
        horizon = now - self._window_s
        recent = [span for span in self._spans if span[1] > horizon]
        full_s = sum(min(end, now) - max(start, horizon) for start, end in recent)
        return full_s > self._window_s - LEAST_LEFT_S

    def left_out(self, now: float) -> Congestion | None:
        """Return itself where a window is to leave out what it knows of, else None."""
        return self if self._spans and not self.is_lasting(now) else None

    def overlaps(self, since: float, until: float) -> bool:
        """Whether it was full at any time between these two."""
        return any(start < until and end > since for start, end in self._spans)

    def covers(self, at: Floats) -> NDArray[np.bool_]:
        """Return for each of these times whether it was full."""
        inside = np.zeros(len(at), dtype=np.bool_)
        for start, end in self._spans:
            inside |= (at >= start) & (at <= end)
        return inside
