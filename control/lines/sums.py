"""What one side's line was like over a session, summed up look by look. PURE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import fmean, median, median_high

from control.lines.model import RANKS, LineSummary, Source, worse_variation
from sfu.messages import Cause, DirectionQuality, LineQuality, Role

LOOK_EVERY = timedelta(seconds=10)
"""A node judges by the last ten seconds: looked at more often, the same packets count twice."""
FEWEST_LOOKS = 6
"""What lasted less than a minute tells nothing of what is usual."""
MOST_LOOKS = 1_440
"""Of four hours; a longer session is told by its beginning."""


class LineSum:
    """Looks at one side's line in contact; looks that judged nothing are passed over."""

    __slots__ = ("_looks", "_next_at", "began_at", "looked_at", "written_at")

    def __init__(self, now: datetime) -> None:
        self.began_at = now
        self.looked_at = now
        self.written_at: datetime | None = None
        self._next_at = now
        self._looks: list[LineQuality] = []

    def add(self, quality: LineQuality | None, now: datetime) -> None:
        if now < self._next_at or quality is None or len(self._looks) >= MOST_LOOKS:
            return
        if quality.cause is Cause.SERVER or quality.level not in RANKS:
            return
        self._next_at = now + LOOK_EVERY
        self._looks.append(quality)

    def summary(self, patient_id: str, session_id: str, role: Role) -> LineSummary | None:
        """Return the level that half of the time was no worse than, and means and medians."""
        looks = self._looks
        if len(looks) < FEWEST_LOOKS:
            return None
        level = RANKS[median_high(RANKS.index(look.level) for look in looks)]
        causes = Counter(look.cause for look in looks if look.level == level)
        return LineSummary(
            patient_id=patient_id,
            session_id=session_id,
            role=role,
            source=Source.SESSION,
            at=self.began_at,
            level=level,
            cause=causes.most_common(1)[0][0],
            rtt_ms=_median(look.rtt_ms for look in looks),
            loss_up=_mean(look.up.loss_ratio for look in looks),
            loss_down=_mean(look.down.loss_ratio for look in looks),
            variation_ms=_median(worse_variation(look) for look in looks),
            capacity_up_bps=_capacity(look.up for look in looks),
            capacity_down_bps=_capacity(look.down for look in looks),
        )


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _capacity(directions: Iterable[DirectionQuality]) -> int | None:
    """Return the median of what was found; of a line that only carries at least so much, none."""
    found = [one.capacity_bps for one in directions if not one.capacity_is_bound]
    middle = _median(found)
    return None if middle is None else round(middle)
