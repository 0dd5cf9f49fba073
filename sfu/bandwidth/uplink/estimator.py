"""The estimate of one uplink: what a browser may send to us while its line has a queue.

A browser's own congestion control decides first, by the feedback we send, and keeps the queue
short while the line stays as it is. When a line narrows it leaves the queue full for four seconds
and longer (Chromium 156, docs/benchmarks.md). So this is silent until sound waits longer than
jitter makes it, and then has the queue gone within two.
"""

from __future__ import annotations

from sfu.bandwidth.drain import drain_share
from sfu.bandwidth.uplink.capacity import Capacity
from sfu.bandwidth.uplink.window import IntakeWindow
from sfu.relay.seam import Intake

LOOK_S = 0.15
"""Between two looks, at least: seven packets of sound, whose least delay jitter moves little."""
UNLIMITED_BPS = 20_000_000
"""Nobody sends so much: no limit is known."""
FULL_S, DRAINED_S = 0.1, 0.02
"""All sound of a look waited longer: the line is full; some waited less: its queue is gone."""
REACTION_S, TREND_S = 0.6, 0.3
"""From a cut to its effect, besides the round trip, and how often to look for one after that."""
SHRINKING_S, OWN_LOSS = 0.01, 0.02
"""A queue that shrinks by less, and loses less, is not made by what this publisher sends."""
KEPT, HOLD_S, GROWTH, USED = 0.9, 5.0, 0.08, 0.8
"""Of the capacity, once the queue is gone; for how long; how much more a second after that; and the
share of the target that must be used for it, as what is not sent says nothing."""
PICTURE_BPS, PAUSED_GROWTH = 150_000, 0.01
"""Below there is no picture to use the target: it grows all the same, slowly, until one is tried
again (a line of 90 kbit/s is filled once a minute), and its line is not taken to carry more."""
FORGET = 1.2
"""Times the capacity: where no queue came by then, the line carries more than it did."""


class UplinkEstimator:
    """Estimate by the delay of sound. Call `look` every `LOOK_S`; read `target_bps`."""

    __slots__ = (
        "_capacity",
        "_judge_at",
        "_looked_at",
        "_noted_s",
        "_target",
        "_window",
        "capacity",
        "is_full",
    )

    def __init__(self, now: float) -> None:
        self.is_full = False
        """Whether a queue stands in the line, until it is gone."""
        self.capacity = Capacity()
        """What the line carries, whether or not this limits it."""
        self._window = IntakeWindow()
        self._target = float(UNLIMITED_BPS)
        self._capacity = 0.0
        self._noted_s = 0.0
        self._looked_at = self._judge_at = now

    @property
    def target_bps(self) -> int:
        """What this publisher may send in all, of RTP packets."""
        return int(self._target)

    def update(self, intake: Intake, rtt_s: float, now: float) -> None:
        """Take what came since the last look; `rtt_s` is the publisher's round trip."""
        elapsed_s, self._looked_at = now - self._looked_at, now
        if not self._window.take(intake, now):
            return
        self.capacity.update(self._window, intake.trains, now)
        if self.is_full:
            self._drain(rtt_s, now)
        elif self._window.standing_s() > FULL_S or self.capacity.overflows(self._window):
            self._cut(rtt_s, now)
        elif self._target < UNLIMITED_BPS and now >= self._judge_at:
            self._grow(elapsed_s)

    def _cut(self, rtt_s: float, now: float) -> None:
        self.is_full = True
        self._capacity = self._window.busy_rate_bps()
        self._noted_s = self._window.standing_s()
        self._target = min(drain_share(self._noted_s) * self._capacity, self._target)
        self._judge_at = now + rtt_s + REACTION_S

    def _drain(self, rtt_s: float, now: float) -> None:
        """Wait until the queue is gone; one that does not shrink with what we send is not ours."""
        standing_s = self._window.standing_s()
        if standing_s < DRAINED_S:
            self._release(now)
        elif now >= self._judge_at:
            if standing_s < self._noted_s - SHRINKING_S:
                self._noted_s = standing_s
                self._judge_at = now + TREND_S
            elif self._window.loss_ratio() > OWN_LOSS:
                self._cut(rtt_s, now)
            else:
                self._window.rebase()
                self._release(now)

    def _release(self, now: float) -> None:
        self.is_full = False
        self._target = KEPT * self._capacity
        self._judge_at = now + HOLD_S

    def _grow(self, elapsed_s: float) -> None:
        if self._window.received_bps() > USED * self._target:
            self._target *= 1 + GROWTH * elapsed_s
        elif self._target < PICTURE_BPS:
            self._target *= 1 + PAUSED_GROWTH * elapsed_s
            return
        if self._target > FORGET * self._capacity:
            self._target = float(UNLIMITED_BPS)
