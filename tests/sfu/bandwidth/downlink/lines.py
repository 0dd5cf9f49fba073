"""What the tests of the estimator ask of a call over a line, in common."""

from __future__ import annotations

from benchmarks.netlab.conditions import Schedule, Step, steady
from tests.support.downlink import SOUND_BPS, Downlink, World, line

WANTED_BPS = 2_500_000
"""What a publisher's picture may take at most."""


def steady_line(rate_bps: float, queue_s: float = 0.15, rtt_s: float = 0.05) -> Schedule:
    """Make a line that stays as it is."""
    return steady(line(rate_bps, queue_s, rtt_s))


def rates(*steps: tuple[float, float], queue_s: float = 0.15, rtt_s: float = 0.05) -> Schedule:
    """Make a line whose rate changes: pairs of a time and a rate."""
    return tuple(Step(at, line(rate, queue_s, rtt_s)) for at, rate in steps)


def run(world: World, seconds: float) -> Downlink:
    """Run a call for so long."""
    call = Downlink(world)
    call.run(seconds)
    return call


def most(rate_bps: float) -> float:
    """Return what a line of this rate can carry of a call."""
    return min(rate_bps, WANTED_BPS + SOUND_BPS)
