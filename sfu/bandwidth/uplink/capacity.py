"""What the line from one browser carries, as far as a call tells.

All sound of half a second waits: a queue stands, and what arrives meanwhile is what the line lets
through. Jitter makes sound wait as well, and no line narrow; so a queue must be longer than jitter
is, and a rate below what came of late is believed at once only where the queue was long or lost
packets, as when a line narrows, else when it lasted.

A browser's own congestion control keeps the queue shorter than that, and then pictures alone fill
it, one by one. Where sound comes unevenly, packets are timed one by one for a while: where the
times between them agree, they are the line's own (`spacing`).

What was found is dropped as soon as more arrives.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from math import inf

from sfu.bandwidth.uplink.spacing import Train, spaced_bps
from sfu.bandwidth.uplink.window import WINDOW_COUNT, IntakeWindow

QUEUE_S, LONG_S, JITTERS = 0.025, 0.1, 3.0
"""All sound of a look waited longer: a queue stood; and it was a long one. Jitter raises both to so
many times its mean |D|: 3.4 standard deviations, or the whole width of an even one."""
RUN, LASTING_RUN = 4, 12
"""Looks of a queue that make a rate, 0.45 s between the first and the last; and 1.7 s."""
QUEUE_LOSS = 0.02
"""Lost while sound waited: the queue overflowed."""
MORE = 1.15
"""Times what is known: it carries more. Packets are 1.1 kB, 8 % of half a second at 300 kbit/s."""
PICTURE_BPS = 150_000
"""Below, sound alone came, as evenly as ever: its rate says nothing where no queue is certain."""
RECENT_LOOKS = 67
"""10 s in which what came fastest is remembered."""
APART_S = 1.0
"""Queues with less time between them are one: who asks once a second misses none."""
SPACED_S, SPACED_EVERY_S = 3.0, 1.0
"""Trains of so long make a rate; and how often."""
UNEVEN_S = 0.02
"""95th percentile of the delay of sound over the least: from here on packets are timed."""
MAX_TRAINS = 512
VALID_S = 30.0
"""After the last queue: a browser that leaves room says nothing of a line."""
WEIGHT = 0.3


class Capacity:
    """Follow one uplink: `update` after each look of its window that told of the line."""

    __slots__ = (
        "_bps",
        "_found_at",
        "_full_since",
        "_judge_at",
        "_rates",
        "_run",
        "_trains",
        "full",
        "noise_s",
    )

    def __init__(self) -> None:
        self.noise_s = 0.0
        """Mean |D| of its sound, which whoever measures it sets."""
        self.full: tuple[float, float] | None = None
        """When a queue last stood, from and to; None when none ever did."""
        self._bps: float | None = None
        self._found_at = -inf
        self._full_since = 0.0
        self._run = 0
        self._rates: deque[float] = deque(maxlen=RECENT_LOOKS)
        self._trains: deque[Train] = deque(maxlen=MAX_TRAINS)
        self._judge_at = -inf

    def bps(self, now: float) -> int | None:
        """Return the rate of IP packets that the line carries; None while that is not known."""
        if self._bps is None or now - self._found_at > VALID_S:
            return None
        return int(self._bps)

    def overflows(self, window: IntakeWindow) -> bool:
        """Whether a queue has stood for long and loses what it has no room for."""
        return self._run >= LASTING_RUN and window.loss_ratio() > QUEUE_LOSS

    def forget(self) -> None:
        """Know nothing any more; when a queue stood stays known."""
        self._bps = None
        self._run = 0
        self._rates.clear()
        self._trains.clear()

    def wants_trains(self, variation_s: float, now: float) -> bool:
        """Whether packets are to be timed one by one, by how unevenly sound came of late."""
        return variation_s > UNEVEN_S or self.bps(now) is not None

    def update(self, window: IntakeWindow, trains: Iterable[Train], now: float) -> None:
        """Take a look, and the trains since the one before."""
        self._trains.extend(trains)
        if self._trains and now >= self._judge_at:
            self._judge_at = now + SPACED_EVERY_S
            self._learn_spacing(window, now)
        standing_s = window.standing_s()
        if standing_s > max(QUEUE_S, JITTERS * self.noise_s):
            self._run += 1
            if self._run == 1 and (self.full is None or now - self.full[1] > APART_S):
                self._full_since = now
        else:
            self._run = 0
        rate = window.wire_bps(RUN)
        if self._run >= RUN:
            self._learn(window, standing_s, now)
        elif self._bps is not None and rate > MORE * self._bps:
            self._bps = None
        self._rates.append(rate)

    def _learn_spacing(self, window: IntakeWindow, now: float) -> None:
        while self._trains and self._trains[0][0] < now - SPACED_S:
            self._trains.popleft()
        used_bps = window.wire_bps(WINDOW_COUNT)
        rate = spaced_bps(self._trains, used_bps) if used_bps >= PICTURE_BPS else None
        if rate is not None:
            self._bps, self._found_at = rate, now

    def _learn(self, window: IntakeWindow, standing_s: float, now: float) -> None:
        rate = window.wire_bps(min(self._run, WINDOW_COUNT))
        known = self._bps
        if known is not None and known / MORE <= rate <= known * MORE:
            self._bps = known + WEIGHT * (rate - known)
        elif self._is_certain(window, standing_s) or self._is_likely(rate):
            self._bps = rate
        else:
            return
        self._found_at = now
        self.full = (self._full_since, now)

    def _is_certain(self, window: IntakeWindow, standing_s: float) -> bool:
        if window.loss_ratio() > QUEUE_LOSS:
            return True
        is_long = standing_s > max(LONG_S, JITTERS * self.noise_s)
        return is_long and not window.is_sound_alone(self._run)

    def _is_likely(self, rate: float) -> bool:
        if rate < PICTURE_BPS:
            return False
        return self._run >= LASTING_RUN or MORE * rate >= max(self._rates, default=0.0)
