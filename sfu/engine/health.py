"""How this node itself did in the last seconds: what was late or lost by its fault."""

from __future__ import annotations

from collections import deque
from itertools import accumulate
from math import inf

from sfu.probe.verdict import NodeHealth

WINDOW_S = 5.0
TAIL = 0.05  # of the time, which the 95th percentile leaves out
MAX_NOTES = 512
LEAST_S = 0.001  # lateness below which nothing is noted


class HealthWatch:
    """Takes how late deadlines were met, and what the kernel dropped for want of room."""

    __slots__ = ("_drops", "_late")

    def __init__(self) -> None:
        self._late: deque[tuple[float, float]] = deque(maxlen=MAX_NOTES)
        self._drops: deque[tuple[float, int]] = deque(maxlen=MAX_NOTES)

    def note_lateness(self, late_s: float, now: float) -> None:
        """Note that a deadline was met so much too late."""
        if late_s > LEAST_S:
            self._late.append((now, late_s))

    def note_drops(self, count: int, now: float) -> None:
        """Note datagrams that this machine had no room for, come or to leave."""
        if count > 0:
            self._drops.append((now, count))

    def health(self, now: float, since: float = -inf) -> NodeHealth:
        """Return how the last `WINDOW_S` seconds were, or those since a time if that is shorter."""
        for notes in (self._late, self._drops):
            while notes and notes[0][0] <= now - WINDOW_S:
                notes.popleft()
        late = sorted((late_s for at, late_s in self._late if at > since), reverse=True)
        return NodeHealth(
            loop_lag_p95_s=_p95_s(late),
            loop_lag_max_s=late[0] if late else 0.0,
            socket_drops=sum(count for at, count in self._drops if at > since),
        )


def _p95_s(late: list[float]) -> float:
    """Return how late a packet was handled in the worst 5 % of the time.

    What comes while the process stands still for L waits between L and nothing. So it waits longer
    than x for L − x of the time, and x is where these sum up to the tail.

    Args:
        late: How long it stood still each time, the longest first.
    """
    tail_s = TAIL * WINDOW_S
    sums = enumerate(accumulate(late), 1)
    return max(0.0, max(((total - tail_s) / count for count, total in sums), default=0.0))
