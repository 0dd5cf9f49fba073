"""The level of a line in a call, steady enough to be shown: look once a second.

A level goes down after 3 bad looks of 5, each at the last 3 s and the last 10 s. A look is bad when
the interval of what was lost lies wholly above what the shown level allows, at `SURE_Z` standard
errors, counts twice at `CLEAR_Z` in 3 s, and is enough by itself at `CERTAIN_Z` in 10 s: a line
that loses 1 % stands just on the threshold of good. With 95 % intervals such a line cried wolf 30
times an hour in simulation (50 packets a second), now 0.3 times in each direction, while a step to
8 % is told of in 5 s (p95), to 5 % in 9.4 s. No test does much better: of windows of 3 to 15 s and
sums of likelihood ratios (CUSUM) that cry wolf every other hour, the best took 8.1 s.
Delays are bad beyond their measuring error. It goes up when the last 10 s as a whole were better
and no look in them was bad. This node's own fault is shown at once, and its looks are forgotten:
they say nothing of the line. For ten seconds more the last 3 s alone count, as the ten hold what it
did.
"""

from __future__ import annotations

from collections import deque
from math import inf

from sfu.messages import Cause, Level, LineQuality
from sfu.probe.baseline import WINDOW_S
from sfu.probe.verdict import LEVELS, Measured, judge, sure_level, sure_loss

LATE_S = 3.0
"""The shorter of the two spans that a look is at."""
SURE_Z, CERTAIN_Z, CLEAR_Z = 4.2, 4.7, 5.5
"""Standard errors of what was lost, beyond which a line is surely worse, certainly by ten seconds,
and clearly by three."""
BAD_LOOKS, LOOKS = 3, 5
GOOD_S = 10.0
"""For so long without a bad look (PROBES.md)."""
EARLY_S = 0.1
"""By how much a look may come early."""


class Hysteresis:
    """Follow one line. Give `look` both windows once a second, and show what it returns."""

    __slots__ = ("_bad", "_bad_at", "_cause", "_fault_at", "_shown")

    def __init__(self) -> None:
        self._shown: Level | None = None
        self._cause = Cause.NONE
        self._bad: deque[int] = deque(maxlen=LOOKS)
        self._bad_at = 0.0
        self._fault_at = -inf

    def look(self, whole: Measured, late: Measured, now: float) -> LineQuality:
        """Return what to show.

        Args:
            whole: The last 10 s, whose figures are shown.
            late: The last `LATE_S`.
            now: Monotonic time, in seconds.
        """
        if whole.is_ours or late.is_ours:
            self._fault_at = now
            whole = whole if whole.is_ours else late
        elif now - self._fault_at < WINDOW_S:
            whole = late
        quality = judge(whole)
        if quality.level is Level.UNKNOWN:
            self._bad.clear()
            return quality
        if self._shown is None:
            self._shown = Level.GOOD
        self._go_down(whole, late, now)
        self._go_up(quality, now)
        self._note_cause(quality)
        edgy = quality.borderline or quality.level is not self._shown
        return quality.model_copy(
            update={"level": self._shown, "cause": self._cause, "borderline": edgy}
        )

    def _go_down(self, whole: Measured, late: Measured, now: float) -> None:
        assert self._shown is not None
        shown = LEVELS.index(self._shown)
        sure_late = sure_level(late, SURE_Z) if late.is_enough else Level.GOOD
        sure = max(sure_level(whole, SURE_Z), sure_late, key=LEVELS.index)
        if LEVELS.index(sure_loss(whole, CERTAIN_Z)) > shown:
            self._bad.append(BAD_LOOKS)
        else:
            is_clear = LEVELS.index(sure_loss(late, CLEAR_Z)) > shown
            self._bad.append((LEVELS.index(sure) > shown) + is_clear)
        if LEVELS.index(sure_late) >= max(shown, 1):
            self._bad_at = now
        if sum(self._bad) < BAD_LOOKS or not self._bad[-1]:
            return
        newest = judge(late)
        if newest.level is Level.UNKNOWN or LEVELS.index(newest.level) < LEVELS.index(sure):
            newest = judge(whole)
        likely = Level.POOR if newest.level is Level.NO_CALL else newest.level
        self._shown = max(sure, likely, key=LEVELS.index)  # no call only when that is sure
        self._cause = newest.cause
        self._bad_at = now
        self._bad.clear()

    def _go_up(self, quality: LineQuality, now: float) -> None:
        assert self._shown is not None
        better = LEVELS.index(quality.level) < LEVELS.index(self._shown)
        if better and now - self._bad_at >= GOOD_S - EARLY_S:
            self._shown = quality.level
            self._bad.clear()

    def _note_cause(self, quality: LineQuality) -> None:
        """Keep the cause of what is shown while the figures say less."""
        assert self._shown is not None
        if self._shown is Level.GOOD:
            self._cause = quality.cause if quality.level is Level.GOOD else Cause.NONE
        elif LEVELS.index(quality.level) >= LEVELS.index(self._shown):
            self._cause = quality.cause
