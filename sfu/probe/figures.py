"""What samples say: an interval for a share, a trend, delay variation without clock drift."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Z_95 = 1.96
"""Two-sided 95 % of a normal distribution."""
MAX_DRIFT = 200e-6
"""No clocks of two computers drift apart faster; crystals have 50 ppm each, phones up to 100."""
DRIFT_BIN_S, LEAST_BINS = 1.0, 4
"""Drift is told by the least delay of each second, over four seconds and more."""


class Share(NamedTuple):
    """A share that was observed, and the interval in which the true one lies."""

    point: float
    low: float
    high: float


def wilson(hits: int, count: int, z: float = Z_95) -> Share:
    """Return a share of `count` trials, one or more, with its score interval (Wilson 1927)."""
    point = hits / count
    middle = (point + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * sqrt(point * (1 - point) / count + (z / (2 * count)) ** 2)
    return Share(point, max(min(middle - half, point), 0.0), min(max(middle + half, point), 1.0))


def kendall_tau(values: Floats) -> float:
    """Return the rank correlation of values with their order: 1 rising throughout, −1 falling.

    For some dozens of values; the comparisons are quadratic. 0 for fewer than three.
    """
    count = len(values)
    if count < 3:
        return 0.0
    signs = np.sign(values[None, :] - values[:, None])
    return float(np.triu(signs, 1).sum() / (count * (count - 1) / 2))


def bin_minima(at: Floats, values: Floats, width_s: float) -> tuple[Floats, Floats]:
    """Return the least value of each stretch of time that has any, and the stretch's middle.

    Times ascend; there is one or more.
    """
    bins = np.floor((at - at[0]) / width_s)
    first = np.flatnonzero(np.diff(bins, prepend=-1.0))
    middle: Floats = at[0] + (bins[first] + 0.5) * width_s
    return middle, np.minimum.reduceat(values, first)


def without_drift(at: Floats, delays: Floats) -> Floats:
    """Return delays, in seconds, with the drift of two clocks taken out.

    The drift is the median slope between the least delays of seconds (Theil and Sen), bounded: a
    queue that fills is no drift.
    """
    if len(delays) < 2 or at[-1] - at[0] < (LEAST_BINS - 1) * DRIFT_BIN_S:
        return delays
    times, minima = bin_minima(at, delays, DRIFT_BIN_S)
    if len(times) < LEAST_BINS:
        return delays
    left, right = np.triu_indices(len(times), 1)
    slope = float(np.median((minima[right] - minima[left]) / (times[right] - times[left])))
    slope = min(max(slope, -MAX_DRIFT), MAX_DRIFT)
    corrected: Floats = delays - slope * (at - at[0])
    return corrected


def delay_variation_s(at: Floats, delays: Floats) -> float:
    """Return the 95th percentile of the delay above the least, drift removed, in seconds.

    Args:
        at: When each packet was sent or came, in seconds, ascending.
        delays: Its delay plus an unknown constant, in seconds; one or more.
    """
    straight = without_drift(at, delays)
    return percentile_95(straight) - float(straight.min())


def percentile_95(values: Floats) -> float:
    """Return the value that 95 % do not exceed; five times as fast as numpy's."""
    place = min(int(0.95 * len(values)), len(values) - 1)
    return float(np.partition(values, place)[place])
