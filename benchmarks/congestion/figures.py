"""From every packet's fate to the figures that are published. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.join.figures import percentile
from benchmarks.netlab.fatelog import Direction, Record
from benchmarks.netlab.link import Fate

FULL_RATIO = 0.9
SETTLING_S = 8.0
"""How long a sender may take to fill the line, and to find what a smaller one holds."""
AUDIBLE_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class Course:
    """What the line did, in seconds of CLOCK_MONOTONIC and bits per second."""

    accepted_at: float
    fall_at: float
    rise_at: float
    end_at: float
    high_bps: float
    low_bps: float
    delay_s: float
    """One way, of an empty line."""


@dataclass(frozen=True, slots=True)
class Steady:
    """A line that stays as it is, each way, in the same units."""

    accepted_at: float
    end_at: float
    rate_bps: float
    delay_s: float


@dataclass(frozen=True, slots=True)
class Heard:
    """Packets of sound that one browser had received and counts as lost, at a time."""

    at: float
    received: int
    lost: int


def figures(course: Course, records: Iterable[Record], heard: Sequence[Heard]) -> dict[str, object]:
    """Return the figures of one call, of the way from the therapist to the patient."""
    down = [it for it in records if it.direction is Direction.DOWN and it.fate is Fate.DELIVERED]
    full_s = seconds_to_rate(down, course.accepted_at, course.fall_at, course.high_bps)
    back_s = seconds_to_rate(down, course.rise_at, course.end_at, course.high_bps)
    high = (course.accepted_at + SETTLING_S, course.fall_at)
    low = (course.fall_at + SETTLING_S, course.rise_at)
    return {
        "full_s": full_s,
        "high_ratio": round(rate_bps(down, *high) / course.high_bps, 3),
        "low_ratio": round(rate_bps(down, *low) / course.low_bps, 3),
        "queue_ms_p95_high": queue_ms_p95(down, course.delay_s, *high),
        "queue_ms_p95_low": queue_ms_p95(down, course.delay_s, *low),
        "sound_lost_late": sound_lost(heard, course.fall_at + AUDIBLE_AFTER_S, course.end_at),
        "recovery_s": back_s,
    }


def steady_figures(
    line: Steady, records: Iterable[Record], heard: Mapping[Direction, Sequence[Heard]]
) -> dict[str, dict[str, object]]:
    """Return the figures of one call, of either way ("up" is from the patient).

    Args:
        heard: By the way that the sound took.
    """
    records = list(records)
    settled = line.accepted_at + SETTLING_S, line.end_at
    found: dict[str, dict[str, object]] = {}
    for way in Direction:
        came = [it for it in records if it.direction is way and it.fate is Fate.DELIVERED]
        found[way.name.lower()] = {
            "full_s": seconds_to_rate(came, line.accepted_at, line.end_at, line.rate_bps),
            "kbps": round(rate_bps(came, *settled) / 1000),
            "queue_ms_p95": queue_ms_p95(came, line.delay_s, *settled),
            "sound_lost": sound_lost(heard[way], *settled),
        }
    return found


def rate_bps(packets: Sequence[Record], since: float, until: float) -> float:
    """Return what left the line between two instants, whole IP packets."""
    size_bytes = sum(it.size_bytes for it in packets if since <= it.time_out < until)
    return size_bytes * 8 / (until - since)


def seconds_to_rate(
    packets: Sequence[Record], since: float, until: float, line_bps: float
) -> float | None:
    """Return how long it took until a whole second carried 90 % of the line; None if never."""
    tenths = int((until - since) * 10)
    for tenth in range(10, tenths + 1):
        end = since + tenth / 10
        if rate_bps(packets, end - 1.0, end) >= FULL_RATIO * line_bps:
            return tenth / 10
    return None


def queue_ms_p95(
    packets: Sequence[Record], delay_s: float, since: float, until: float
) -> float | None:
    """Return how long packets waited for the line, which all else of their delay is not."""
    waits = [it.time_out - it.time_in - delay_s for it in packets if since <= it.time_in < until]
    return round(percentile(waits, 0.95) * 1000, 1) if waits else None


def sound_lost(heard: Sequence[Heard], since: float, until: float) -> int | None:
    """Return the packets of sound lost between two instants; None where nobody looked then."""
    within = [it for it in heard if since <= it.at <= until]
    return within[-1].lost - within[0].lost if len(within) > 1 else None
