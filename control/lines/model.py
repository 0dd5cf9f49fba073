"""What is kept of one measurement of a line. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sfu.messages import Cause, CheckReport, CheckState, Level, LineQuality, Role

RETENTION = timedelta(days=90)


class Source(StrEnum):
    """What a summary was measured in."""

    CHECK = "check"
    TEST = "test"
    """By the patient, from the link, without waiting."""


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
        variation_ms=_worse_variation(quality),
        capacity_up_bps=quality.up.capacity_bps,
        capacity_down_bps=quality.down.capacity_bps,
    )


def _worse_variation(quality: LineQuality) -> float | None:
    both = (quality.up.delay_variation_ms, quality.down.delay_variation_ms)
    known = [each for each in both if each is not None]
    return max(known, default=None)
