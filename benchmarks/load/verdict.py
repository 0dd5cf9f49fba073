"""Which figures a run must keep, and whether it did. PURE."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

PER_MILLE = 1000


class Figure(StrEnum):
    """What is measured beside requests, as locust's pages name it."""

    JOIN = "join"
    FIRST_PACKET = "first packet after ACCEPT"
    GAPS = "audio gaps, ‰"
    LONGEST_GAP = "longest audio gap"
    DELAY = "one-way delay, p95"
    LOSS = "loss after repair, ‰"
    CLOCK = "clock error"
    BEHIND = "load behind schedule"
    LEAKED = "sound let through by mistake, packets"
    CHECK = "check of the line"
    ARRIVAL = "arrival on Home"
    BACK = "heard again after a reload"
    ALERT = "alert on its way"


@dataclass(frozen=True, slots=True)
class Seen:
    """One figure over the whole run."""

    count: int
    failed: int
    """Attempts that came to nothing, beside these."""
    mean: float
    p95: float
    most: float


_NOTHING = Seen(count=0, failed=0, mean=0.0, p95=0.0, most=0.0)


@dataclass(frozen=True, slots=True)
class Limit:
    """One threshold: an option of the command line, a field of locust's page, a setting."""

    option: str
    """Without the dashes; `VISAVIS_LOAD_…` in the environment."""
    figure: Figure
    default: float
    of: Callable[[Seen], float]
    text: str
    scale: float = 1.0
    """What the figure's unit is, in that of the option."""


def _mean(seen: Seen) -> float:
    return seen.mean


def _p95(seen: Seen) -> float:
    return seen.p95


def _most(seen: Seen) -> float:
    return seen.most


LIMITS = (
    Limit("max-join-ms", Figure.JOIN, 1_500, _p95, "join, p95"),
    Limit("max-first-packet-ms", Figure.FIRST_PACKET, 500, _p95, "ACCEPT to first packet, p95"),
    Limit(
        "max-gap-ratio", Figure.GAPS, 0.005, _mean, "share of sound not heard in time", PER_MILLE
    ),
    Limit("max-longest-gap-ms", Figure.LONGEST_GAP, 400, _p95, "longest audio gap, p95"),
    Limit("max-delay-ms", Figure.DELAY, 150, _p95, "one-way delay, p95 of the visits' p95"),
    Limit(
        "max-loss-ratio", Figure.LOSS, 0.005, _mean, "share of packets lost after repair", PER_MILLE
    ),
    Limit("max-clock-error-ms", Figure.CLOCK, 500, _most, "clock error, the worst"),
    Limit("max-behind-ms", Figure.BEHIND, 100, _p95, "the load's own lateness, p95"),
    Limit("max-leaked-packets", Figure.LEAKED, 0, _most, "packets of sound let through by mistake"),
    Limit("max-arrival-ms", Figure.ARRIVAL, 1_000, _p95, "arrival until Home shows it, p95"),
    Limit("max-back-ms", Figure.BACK, 3_000, _p95, "reload until both hear each other, p95"),
    Limit("max-alert-ms", Figure.ALERT, 5_000, _p95, "enter until the alert is taken, p95"),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    passed: bool
    lines: tuple[str, ...]
    """For people, the verdict last."""


def judge(
    seen: Mapping[Figure, Seen],
    limits: Mapping[Limit, float],
    *,
    wanted: Iterable[Figure],
    failure_ratio: float,
    max_failure_ratio: float,
    requests: int,
) -> Verdict:
    """Judge a run.

    Args:
        seen: What was measured.
        limits: What each threshold is set to.
        wanted: What must have been measured, or the run says nothing.
        failure_ratio: Of all that was asked and measured.
        max_failure_ratio: What of it may be.
        requests: How many that were.
    """
    faults, lines, void = [], [], ""
    for limit, most in limits.items():
        found = seen.get(limit.figure, _NOTHING)
        if found.failed > max_failure_ratio * (found.count + found.failed):
            faults.append(f"{limit.figure.value} failed {found.failed} times")
        if not found.count:
            if limit.figure in wanted:
                faults.append(f"never measured: {limit.figure.value}")
            continue
        value = limit.of(found) / limit.scale
        line = f"{limit.text}: {value:.4g} (at most {most:g}; {found.count} measured)"
        lines.append(line)
        if value > most and limit.figure is Figure.BEHIND:
            void = f"VOID: the load fell {value:.4g} ms behind, so this says little of the server"
        elif value > most:
            faults.append(f"{limit.text} is {value:.4g}, more than {most:g}")
    lines.append(f"failures: {failure_ratio:.2%} of {requests}")
    if not requests:
        faults.append("nothing was asked at all")
    elif failure_ratio > max_failure_ratio:
        faults.append(f"failures are {failure_ratio:.2%}, more than {max_failure_ratio:.2%}")
    failed = f"FAILED: {'; '.join(faults)}" if faults else ""
    verdict = [line for line in (failed, void) if line] or ["PASSED"]
    return Verdict(not (failed or void), (*lines, *verdict))
