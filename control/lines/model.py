"""What is kept of one measurement of a line. PURE."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median, median_high

from sfu.messages import Cause, CheckReport, CheckState, Level, LineQuality, PeerState, Role

RETENTION = timedelta(days=90)
FEWEST, MOST = 3, 10
"""So many summaries tell what is usual, the newest of them."""
RANKS = (Level.GOOD, Level.FAIR, Level.POOR, Level.NO_CALL)


class Source(StrEnum):
    """What a summary was measured in."""

    CHECK = "check"
    TEST = "test"
    """By the patient, from the link, without waiting."""
    SESSION = "session"
    """In contact, over a whole session."""


class LineState(StrEnum):
    """How a line was for a while, in contact."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    NO_CALL = "no_call"
    LOST = "lost"
    SERVER = "server"  # our own fault: nobody's line was judged


@dataclass(frozen=True, slots=True)
class LineChange:
    """From when on a side's line was so."""

    role: Role
    at: datetime
    state: LineState
    cause: Cause


def state_of(peer: PeerState) -> tuple[LineState, Cause] | None:
    """Return how a side's line is now; None where nothing is known."""
    if not peer.connected:
        return LineState.LOST, Cause.NONE
    if peer.quality is None:
        return None
    if peer.quality.cause is Cause.SERVER:
        return LineState.SERVER, Cause.SERVER
    if peer.quality.level not in RANKS:
        return None
    return LineState(peer.quality.level), peer.quality.cause


@dataclass(frozen=True, slots=True)
class LineSummary:
    """One measurement of one side's line."""

    patient_id: str
    session_id: str | None
    """None for a test from the link."""
    role: Role
    source: Source
    at: datetime
    level: Level
    cause: Cause
    rtt_ms: float | None
    loss_up: float | None
    loss_down: float | None
    variation_ms: float | None
    """Of the worse direction."""
    capacity_up_bps: int | None
    capacity_down_bps: int | None


@dataclass(frozen=True, slots=True)
class LastCheck:
    """The newest check of a patient's line."""

    at: datetime
    level: Level


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for a patient's line: medians of what was measured before."""

    level: Level
    rtt_ms: float | None
    loss_up: float | None
    loss_down: float | None
    variation_ms: float | None
    capacity_up_bps: float | None
    capacity_down_bps: float | None


def usual_of(summaries: Sequence[LineSummary]) -> Usual | None:
    """Return what is usual; None where too little is known. Of two middle levels the worse."""
    ranks = [RANKS.index(one.level) for one in summaries if one.level in RANKS]
    if len(ranks) < FEWEST:
        return None

    def middle(figure: Callable[[LineSummary], float | None]) -> float | None:
        known = [value for one in summaries if (value := figure(one)) is not None]
        return median(known) if len(known) >= FEWEST else None

    return Usual(
        level=RANKS[median_high(ranks)],
        rtt_ms=middle(lambda one: one.rtt_ms),
        loss_up=middle(lambda one: one.loss_up),
        loss_down=middle(lambda one: one.loss_down),
        variation_ms=middle(lambda one: one.variation_ms),
        capacity_up_bps=middle(lambda one: one.capacity_up_bps),
        capacity_down_bps=middle(lambda one: one.capacity_down_bps),
    )


def summary_of_check(
    patient_id: str, session_id: str | None, role: Role, source: Source, report: CheckReport
) -> LineSummary | None:
    """Return what to keep of a check; None where it is not done, or has judged nothing."""
    quality = report.quality
    if report.state is not CheckState.DONE or quality.level is Level.UNKNOWN:
        return None
    return LineSummary(
        patient_id=patient_id,
        session_id=session_id,
        role=role,
        source=source,
        at=report.started_at,
        level=quality.level,
        cause=quality.cause,
        rtt_ms=quality.rtt_ms,
        loss_up=quality.up.loss_ratio,
        loss_down=quality.down.loss_ratio,
        variation_ms=worse_variation(quality),
        capacity_up_bps=quality.up.capacity_bps,
        capacity_down_bps=quality.down.capacity_bps,
    )


def worse_variation(quality: LineQuality) -> float | None:
    """Return how much the delay varies in the direction where it varies more."""
    both = (quality.up.delay_variation_ms, quality.down.delay_variation_ms)
    known = [each for each in both if each is not None]
    return max(known, default=None)
