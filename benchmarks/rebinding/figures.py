"""From what arrived when to the time that a change cost. Pure; seconds in, milliseconds out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median


@dataclass(frozen=True, slots=True)
class Count:
    """How much had come by an instant of CLOCK_MONOTONIC."""

    at: float
    packets: int
    """Of sound."""
    frames: int


def gap_ms(arrivals: Sequence[tuple[float, int]], changed_at: float, until: float) -> float:
    """Return the longest time without anything new that ends between two instants.

    Args:
        arrivals: Instants and how much had come by then.

    Returns:
        Infinity when nothing new came in the last second before `until`.
    """
    news = [later[0] for earlier, later in pairwise(arrivals) if later[1] != earlier[1]]
    gaps = [b - a for a, b in pairwise(news) if changed_at < b <= until]
    came_back = any(until - 1 < at <= until for at in news)
    return max(gaps) * 1000 if gaps and came_back else math.inf


def cost(counts: Sequence[Count], changed_at: float, until: float) -> dict[str, float]:
    """Return the gaps of sound and picture that one change made in what one browser received."""
    return {
        "sound": gap_ms([(c.at, c.packets) for c in counts], changed_at, until),
        "picture": gap_ms([(c.at, c.frames) for c in counts], changed_at, until),
    }


def summary(gaps: Iterable[float]) -> dict[str, float | int | None]:
    """Say how many there are, their median and the worst; None instead of an infinite one."""
    known = sorted(gaps)
    return {
        "changes": len(known),
        "p50_ms": _finite(median(known)),
        "max_ms": _finite(known[-1]),
    }


def _finite(gap: float) -> float | None:
    return round(gap) if math.isfinite(gap) else None
