"""What the queue before the receiver says: how much its line carries, and when to send less."""

from __future__ import annotations

from sfu.bandwidth.downlink.window import Window
from sfu.bandwidth.drain import drain_share

OVERUSE_S, SURE_S, DRAINED_S, CREST_S = 0.018, 0.010, 0.010, 0.002
"""Of a standing queue: it is one; it is one where as much arrives as the line is known to carry;
it is gone; it is about to be one there, so growth pauses."""
MAX_OVERUSE_S, NOISE_STEP, CALM_S = 0.045, 1.3, 20.0
"""Jitter raises the threshold by steps; it comes back in so many seconds."""
NOISY = 1.1
"""Of the usual threshold: from here on jitter hides what bursts show."""
NOISE_RATIO, HELD_UP_RATIO = 0.97, 0.95
"""Of the known capacity, and of what was sent: an alarm at which less than the one and more than
the other arrived is jitter, unless packets moved apart."""
MAX_EXCESS = 1.15
"""By how much encoders overshoot at most; beyond, the cause is another."""
KEPT = 0.91
"""Of a line's capacity: encoders overshoot by a tenth for a second or two, and what they send then
meets a queue before they can be told. At 0.93 single calls had a p95 of up to 69 ms."""
REACTION_S = 0.55
"""From a decision to its effect in what feedback tells, besides the round trip: the publisher's
encoder follows within 100–300 ms, feedback comes each 50–100 ms and tells of the last 150 ms."""
HOLD_S = 0.25
"""A cut stays at least so long: publishers follow in 100–300 ms, one message at a time."""
SLOW_DRAIN_S, FURTHER = 1.0, 0.9
"""Beside another's flow a queue drains slowly: what is sent is lowered further."""
TREND_S, FLAT_S, OWN_LOSS = 0.25, 0.005, 0.02
"""How often to look at a draining queue, what change is none, and what loss a full one causes."""
NEWS_RATIO = 1.05
"""What arrives above a capacity by this, without a queue, says that the line has grown."""
APART_S = 1.0
"""Queues with less time between them are one: who asks once a second misses none."""
DOUBT_S, DOUBT_STEP, MAX_DOUBT_S = 3.0, 3.0, 15.0
"""After a cluster that filled the line although bursts had shown room: the next such sign counts
after so long, and later each time, until a cluster passes. Another's flow deceives them so."""


class Queue:
    """Turn the standing queue into a target, and into what is known of the line."""

    __slots__ = (
        "_cut_at",
        "_doubt_s",
        "_doubt_until",
        "_flat",
        "_followed_at",
        "_noted_at",
        "_noted_s",
        "_overuse_s",
        "capacity_bps",
        "draining",
        "free_since",
        "full_since",
        "standing_s",
    )

    def __init__(self, now: float) -> None:
        self.capacity_bps: float | None = None
        """What the line carried when it was last full; None while that is not known."""
        self.draining = False
        self.free_since = now
        self.full_since: float | None = None
        """When the queue that drains now, or drained last, was found; None when none ever was."""
        self.standing_s = 0.0
        self._overuse_s = OVERUSE_S
        self._noted_s, self._flat = 0.0, 0
        self._doubt_s = DOUBT_S
        self._cut_at = self._noted_at = self._followed_at = self._doubt_until = now

    def follow(self, window: Window, target: float, rtt_s: float, now: float) -> float:
        """Return the target in view of the queue: less, or what it was."""
        self.standing_s = standing = window.standing_s()
        calm_s = min(now - self._followed_at, CALM_S)
        self._followed_at = now
        self._overuse_s += (OVERUSE_S - self._overuse_s) * calm_s / CALM_S
        if self.draining:
            return self._drain(window, target, rtt_s, now)
        sure_s = SURE_S * self._noise()
        if standing > self._overuse_s or (standing > sure_s and self._is_full(window)):
            return self._back_off(window, target, now)
        return target

    def _drain(self, window: Window, target: float, rtt_s: float, now: float) -> float:
        """Wait until the queue is gone; one that does not shrink with what we send is not ours."""
        if self.standing_s < DRAINED_S:
            return target if now < self._cut_at + HOLD_S else self._release(target, now)
        if now < max(self._cut_at + rtt_s + REACTION_S, self._noted_at + TREND_S):
            return target
        change, self._noted_s, self._noted_at = (
            self.standing_s - self._noted_s,
            self.standing_s,
            now,
        )
        if change < -FLAT_S:
            self._flat = 0
            slow = self.standing_s > SLOW_DRAIN_S * -change / TREND_S
            return FURTHER * target if slow else target
        if change > FLAT_S or window.loss_ratio() > OWN_LOSS:
            return self._back_off(window, target, now)
        self._flat += 1
        if self._flat < 2:
            return target
        window.rebase()
        return self._release(target, now)

    def _release(self, target: float, now: float) -> float:
        self.draining = False
        self.free_since = now
        return max(KEPT * (self.capacity_bps or 0.0), target)

    def _back_off(self, window: Window, target: float, now: float) -> float:
        capacity = window.busy_rate_bps()
        if not self.draining and self._is_noise(capacity, window):
            self._overuse_s = min(NOISE_STEP * self._overuse_s, MAX_OVERUSE_S)
            return target
        self.capacity_bps = capacity
        if not self.draining and (self.full_since is None or now - self.free_since > APART_S):
            self.full_since = now
        self.draining = True
        self._cut_at = self._noted_at = now
        self._noted_s, self._flat = self.standing_s, 0
        excess = min(max(window.sent_bps() / target, 1.0), MAX_EXCESS)
        return min(drain_share(self.standing_s) * capacity / excess, target)

    def _is_noise(self, capacity: float, window: Window) -> bool:
        """Return whether a queue appeared below a known capacity, if any, and held nothing up."""
        known = self.capacity_bps
        if self._overuse_s >= MAX_OVERUSE_S or (known and capacity > NOISE_RATIO * known):
            return False
        return not window.is_held_up() and capacity > HELD_UP_RATIO * window.sent_bps()

    def _noise(self) -> float:
        """Return by what factor jitter has raised the threshold, and so raises the others."""
        return self._overuse_s / OVERUSE_S

    @property
    def is_noisy(self) -> bool:
        """Whether jitter has raised the threshold of late."""
        return self._noise() > NOISY

    def _is_full(self, window: Window) -> bool:
        return self.capacity_bps is not None and window.received_bps() > self.capacity_bps

    def lets_grow(self, window: Window) -> bool:
        """Return whether there is neither a queue nor the beginning of one."""
        if self.draining or self.standing_s > DRAINED_S * self._noise():
            return False
        return self.standing_s <= CREST_S * self._noise() or not self._is_full(window)

    def has_room(self, window: Window, now: float) -> bool:
        """Return whether the line seems to carry more than it did when it was last full."""
        if self.capacity_bps is None:
            return True
        if window.received_bps() > NEWS_RATIO * self.capacity_bps:
            return True
        return now > self._doubt_until and window.outruns(self.capacity_bps)

    def fill(self, capacity_bps: float, now: float) -> None:
        """Note what a cluster found when it filled the line, and doubt signs of more for a while.

        A queue begun by the cluster drains as any other.
        """
        self.capacity_bps = capacity_bps
        self.free_since = now
        self._doubt_until = now + self._doubt_s
        self._doubt_s = min(DOUBT_STEP * self._doubt_s, MAX_DOUBT_S)

    def pass_at(self, rate_bps: float) -> None:
        """Note that a cluster passed; above what was known, nothing is known any more."""
        self._doubt_s = DOUBT_S
        if self.capacity_bps is not None and rate_bps > self.capacity_bps:
            self.capacity_bps = None
