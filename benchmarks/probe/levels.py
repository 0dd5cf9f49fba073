"""Which level and cause the numbers of a line stand for: the table of docs/probes.md, once more.

Nothing of `sfu.probe` is imported, so that no fault of the verdict is repeated in what judges it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sfu.messages import Cause, Level, LineQuality

LEVELS = (Level.GOOD, Level.FAIR, Level.POOR, Level.NO_CALL)
RTT_MS = (150.0, 300.0, 600.0)
LOSS_RATIO = (0.01, 0.03, 0.10)
VARIATION_MS = (30.0, 60.0)
CAPACITY_BPS = (1_200_000.0, 500_000.0, 100_000.0)
BLOAT_MS = 200.0
"""Delay that load adds, from where it may be named beside a good level."""

RTT_ERROR, RTT_ERROR_MS = 0.05, 3.0
VARIATION_ERROR, VARIATION_ERROR_MS = 0.15, 1.5
CAPACITY_ERROR = 0.10
LOSS_ERROR = 0.02
"""How near to a threshold is next to it: what a measurement may miss (issue 12, "Proof")."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A line in numbers; None where nothing limits it, or nothing is known."""

    rtt_ms: float
    loss_up: float = 0.0
    loss_down: float = 0.0
    variation_up_ms: float = 0.0
    variation_down_ms: float = 0.0
    """95th percentile of the delay above the least."""
    capacity_up_bps: float | None = None
    capacity_down_bps: float | None = None
    bloat_ms: float = 0.0
    """What a full queue of the line adds to its round trip."""
    packets: int = 0
    """Of which the losses are shares; 0 where they are the line's own."""


class Metric(NamedTuple):
    """One number, turned so that more is worse."""

    cause: Cause
    value: float
    margin: float
    ends: tuple[float, ...]
    """Upper ends of good, fair and poor."""

    @property
    def rank(self) -> int:
        return sum(self.value > end for end in self.ends)

    @property
    def ranks(self) -> set[int]:
        """All that are right within the margin."""
        values = (self.value - self.margin, self.value, self.value + self.margin)
        return {sum(value > end for end in self.ends) for value in values}


@dataclass(frozen=True, slots=True)
class Right:
    """What may be told of some numbers."""

    level: Level
    """By the numbers as they are."""
    causes: dict[Level, frozenset[Cause]]
    """By level; more than one level where a number is next to a threshold."""

    def has_level(self, told: LineQuality) -> bool:
        """Whether a verdict's level is right."""
        return told.level is self.level or (told.level in self.causes and told.borderline)

    def has_cause(self, told: LineQuality) -> bool:
        """Whether its cause is, also where its level is not."""
        return told.cause in self.causes.get(told.level, self.causes[self.level])

    def levels_off(self, told: LineQuality) -> int:
        """Return how many levels it is off; one that is unknown is off by one."""
        if told.level not in LEVELS:
            return 1
        return min(abs(LEVELS.index(told.level) - LEVELS.index(it)) for it in self.causes)


def right_of(numbers: Numbers) -> Right:
    """Return what may be told of these numbers."""
    metrics = _metrics(numbers)
    least = max(min(metric.ranks) for metric in metrics)
    most = max(max(metric.ranks) for metric in metrics)
    causes = {LEVELS[rank]: _causes(rank, metrics, numbers) for rank in range(least, most + 1)}
    return Right(LEVELS[max(metric.rank for metric in metrics)], causes)


def _causes(rank: int, metrics: list[Metric], numbers: Numbers) -> frozenset[Cause]:
    if rank:
        return frozenset(metric.cause for metric in metrics if rank in metric.ranks)
    bloated = {Cause.BUFFERBLOAT} if numbers.bloat_ms > BLOAT_MS else set()
    return frozenset({Cause.NONE} | bloated)


def _metrics(numbers: Numbers) -> list[Metric]:
    rtt_margin = max(RTT_ERROR * numbers.rtt_ms, RTT_ERROR_MS)
    found = [
        Metric(Cause.DELAY, numbers.rtt_ms, rtt_margin, RTT_MS),
        _loss(Cause.LOSS_UP, numbers.loss_up, numbers.packets),
        _loss(Cause.LOSS_DOWN, numbers.loss_down, numbers.packets),
        _variation(Cause.JITTER_UP, numbers.variation_up_ms),
        _variation(Cause.JITTER_DOWN, numbers.variation_down_ms),
    ]
    capacities = (
        (Cause.CAPACITY_UP, numbers.capacity_up_bps),
        (Cause.CAPACITY_DOWN, numbers.capacity_down_bps),
    )
    ends = tuple(-end for end in CAPACITY_BPS)
    return found + [
        Metric(cause, -bps, CAPACITY_ERROR * bps, ends)
        for cause, bps in capacities
        if bps is not None
    ]


def _loss(cause: Cause, ratio: float, packets: int) -> Metric:
    """One packet more or less is no difference: the node and the account begin at another one."""
    margin = max(LOSS_ERROR * ratio, 1 / packets if packets and ratio else 0.0)
    return Metric(cause, ratio, margin, LOSS_RATIO)


def _variation(cause: Cause, ms: float) -> Metric:
    return Metric(cause, ms, max(VARIATION_ERROR * ms, VARIATION_ERROR_MS), VARIATION_MS)
