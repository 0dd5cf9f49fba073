"""What live quality was worth: from samples of what was told, to the runs they make. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from benchmarks.probe.figures import CalmRun, StallRun, StepRun
from sfu.messages import Cause, Level, LineQuality, Role

NO_LINE = (Cause.NONE, Cause.SERVER)
NO_COMPLAINT = (Level.GOOD, Level.UNKNOWN)


class Sample(NamedTuple):
    """What was told of one line at a time, in seconds of CLOCK_MONOTONIC."""

    at: float
    role: Role
    quality: LineQuality

    @property
    def complains(self) -> bool:
        return self.quality.level not in NO_COMPLAINT


def step_run(
    step: str,
    samples: Iterable[Sample],
    bad_at: float,
    clean_at: float,
    causes: frozenset[Cause],
    lateness_ms_p99: float,
) -> StepRun:
    """Return a run in which the patient's line was bad from one instant to another.

    The cause is right when most of what was told of that line names it, and nothing was told
    against the therapist's.
    """
    samples = list(samples)
    patients = [it for it in samples if it.role is Role.PATIENT]
    bad = [it for it in patients if bad_at <= it.at < clean_at and it.complains]
    good = [it for it in patients if it.at >= clean_at and it.quality.level is Level.GOOD]
    others = [it for it in samples if it.role is Role.THERAPIST and it.at >= bad_at]
    told = Counter(it.quality.cause for it in bad).most_common(1)
    cause = told[0][0] if told else Cause.NONE
    return StepRun(
        step=step,
        warn_s=round(bad[0].at - bad_at, 2) if bad else None,
        clear_s=round(good[0].at - clean_at, 2) if good else None,
        cause=cause,
        is_cause_right=cause in causes and not any(blames_a_line(it.quality) for it in others),
        lateness_ms_p99=lateness_ms_p99,
    )


def calm_run(line: str, samples: Iterable[Sample], lateness_ms_p99: float) -> CalmRun:
    """Return a run on a line that was good throughout: how often a complaint began."""
    samples = list(samples)
    alarms = 0
    for role in Role:
        told = [it.complains for it in samples if it.role is role]
        alarms += sum(now and not before for before, now in pairwise([False, *told]))
    seconds = samples[-1].at - samples[0].at if samples else 0.0
    return CalmRun(line, round(seconds, 1), alarms, lateness_ms_p99)


def stall_run(stall: str, told: Sequence[LineQuality], named: bool) -> StallRun:
    """Return a run in which the node was stopped.

    Args:
        told: Everything that was told from the first stop on, as long as it reaches back to one.
        named: Whether the node was named where it had to be.
    """
    return StallRun(stall, named, sum(map(blames_a_line, told)))


def blames_a_line(told: LineQuality) -> bool:
    """Whether a verdict says that somebody's line is bad, or why it would be."""
    complains = told.level not in NO_COMPLAINT
    return told.cause not in NO_LINE or (complains and told.cause is not Cause.SERVER)
