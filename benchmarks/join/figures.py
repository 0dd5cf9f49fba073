"""From what was seen in the visits to the figures that are published. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import inf, isinf

RATE_BPS = 1_000_000
WINDOW_S = 0.5


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes of video that one side had received; `at` in seconds, by the clock of the click."""

    at: float
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """One ACCEPT: milliseconds to the first frame, and seconds to 1 Mbps, on either side."""

    patient_frame_ms: float
    therapist_frame_ms: float
    patient_rate_s: float | None
    """None when 1 Mbps was not reached while it was watched."""
    therapist_rate_s: float | None

    @property
    def frame_ms(self) -> float:
        return max(self.patient_frame_ms, self.therapist_frame_ms)

    @property
    def rate_s(self) -> float | None:
        if self.patient_rate_s is None or self.therapist_rate_s is None:
            return None
        return max(self.patient_rate_s, self.therapist_rate_s)


def seconds_to_rate(accepted_at: float, rows: Sequence[Received]) -> float | None:
    """Return the time from ACCEPT to the end of the first window of 1 Mbps; None when none was.

    Rows are in order of time; a window is the shortest run of rows that lasts `WINDOW_S`.
    """
    first = 0
    for row in rows:
        while first + 1 < len(rows) and row.at - rows[first + 1].at >= WINDOW_S:
            first += 1
        lasted = row.at - rows[first].at
        if lasted < WINDOW_S:
            continue
        if (row.size_bytes - rows[first].size_bytes) * 8 / lasted >= RATE_BPS:
            return row.at - accepted_at
    return None


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` of all values do not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * share // 1))
    return ordered[int(rank) - 1]


def summary(meetings: Sequence[Meeting]) -> dict[str, float | None]:
    """Return the line that is published.

    A meeting that never reached the rate counts as infinitely slow; the median is None when it
    is one of these.
    """
    frames = [meeting.frame_ms for meeting in meetings]
    rates = [inf if meeting.rate_s is None else meeting.rate_s for meeting in meetings]
    median_s = percentile(rates, 0.5)
    return {
        "accept_to_frame_ms_p50": round(percentile(frames, 0.5), 1),
        "accept_to_frame_ms_p95": round(percentile(frames, 0.95), 1),
        "seconds_to_1mbps_p50": None if isinf(median_s) else round(median_s, 2),
    }


def rows_of(meetings: Sequence[Meeting]) -> list[dict[str, float | None]]:
    """Return every meeting as it was measured, for the result file."""
    return [asdict(meeting) for meeting in meetings]
