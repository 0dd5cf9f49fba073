"""What a measured line means: a level, the one cause it rests on, and whether it is borderline.

The worst metric wins, by its point estimate. A cause is the metric that is worst within its
thresholds, but where that is a consequence: jitter that the queue of a narrow direction explains is
its capacity's, and so is what a narrow direction loses or delays while it stays full.
What one line is told of never contains the other side's, so that R over both lines is no part of a
level. BUFFERBLOAT alone leaves a line good: a call that adapts keeps the queue empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, log
from typing import NamedTuple

from sfu.messages import Cause, DirectionQuality, Level, LineQuality
from sfu.probe.figures import wilson
from sfu.probe.score import delay_ms, r_factor

LEVELS = (Level.GOOD, Level.FAIR, Level.POOR, Level.NO_CALL)
"""From the best; UNKNOWN is none of them."""
RTT_MS = (150.0, 300.0, 600.0)
LOSS_RATIO = (0.01, 0.03, 0.10)
VARIATION_MS = (30.0, 60.0, inf)
"""Upper ends of good, fair and poor (PROBES.md); delay variation alone forbids no call."""
CAPACITY_BPS = (1_200_000.0, 500_000.0, 100_000.0)
"""Lower ends."""
BLOAT_MS = 200.0
"""The delay that load adds, from where it is worth a word."""
LEAST_PACKETS = 50
"""A second of sound; fewer, in both directions, tell nothing."""
DROPS_RATIO = LOSS_RATIO[0]
"""What this machine had no room for makes a line's trouble ours from this share of its packets on:
what a good line may lose. Fewer alone make no line worse than good; and were one datagram enough,
it would hide the trouble of every line for 5 s. In 10 s of sound it takes 5, of a call about 30."""
LAG_P95_S, LAG_MAX_S = 0.020, 0.150
"""Lateness of our loop that makes measurements ours: of 5 % of the time (PROBES.md), or once, as
when the process was stopped: 3 % of a window of 5 s."""
PICTURE_BURST_BYTES = 6_000
"""What a large picture with its sound puts into a queue at once: up, that of the waiting page's
camera at 150 kbit/s; down, in a call, the other side's, whose packets go on as they come."""
PADDING_BURST_BYTES = 1_500
"""What a check puts there on the way down while it does not fill the line: padding that leaves
evenly, and one packet of others."""
SOUND_BPS = 64_000
"""What sound and its headers use of a line meanwhile, which a burst has to leave room."""
QUEUES = {
    Cause.JITTER_UP: Cause.CAPACITY_UP,
    Cause.JITTER_DOWN: Cause.CAPACITY_DOWN,
    Cause.LOSS_UP: Cause.CAPACITY_UP,
    Cause.LOSS_DOWN: Cause.CAPACITY_DOWN,
}
"""What a queue does, and so whose consequence it may be."""
OWN_JITTER_MS = VARIATION_MS[1]
"""A line that a call's pictures fill takes a 30th of a second for one and longer for a large one,
behind which sound waits: 38 to 56 ms on 2 Mbit/s with Chromium. No fault of a line."""
JITTERS = (Cause.JITTER_UP, Cause.JITTER_DOWN)
RTT_ERROR, RTT_ERROR_MS = 0.05, 3.0
VARIATION_ERROR, VARIATION_ERROR_MS = 0.10, 2.0
CAPACITY_ERROR = 0.10
"""How far off each may be, as far as we measured ourselves (docs/benchmarks.md)."""


class NodeHealth(NamedTuple):
    """How this node did in the time that was measured."""

    loop_lag_p95_s: float = 0.0
    loop_lag_max_s: float = 0.0
    socket_drops: int = 0
    """Datagrams that this machine had no room for, come or to leave, in that time."""

    @property
    def is_late(self) -> bool:
        """Whether it was so late that no line can be judged."""
        return self.loop_lag_p95_s > LAG_P95_S or self.loop_lag_max_s > LAG_MAX_S


NOTHING, HEALTHY = DirectionQuality(), NodeHealth()


@dataclass(frozen=True, slots=True)
class Measured:
    """One browser's line over one window."""

    rtt_s: float | None = None
    up: DirectionQuality = NOTHING
    down: DirectionQuality = NOTHING
    loaded_rtt_s: float | None = None
    node: NodeHealth = HEALTHY
    up_is_full: bool = False
    """The line from the browser was full nearly all the time: what was measured is its queue."""
    down_is_full: bool = False
    in_call: bool = False
    """Pictures of a call may have flowed both ways, and used what the line carries."""

    @property
    def is_enough(self) -> bool:
        """Whether there were packets enough to judge by, and a sign that ours arrive at all."""
        arrive = self.rtt_s is not None or self.down.packets > 0
        return arrive and max(self.up.packets, self.down.packets) >= LEAST_PACKETS

    @property
    def is_ours(self) -> bool:
        """Whether what was measured may be this node's doing.

        Whose a dropped datagram was is not known: all may have been this line's, and in the
        direction that has fewer. Where nothing came, any may be why.
        """
        fewest = min((way.packets for way in (self.up, self.down) if way.packets), default=0)
        drops = self.node.socket_drops
        return self.node.is_late or (drops > 0 and drops >= DROPS_RATIO * fewest)


class Metric(NamedTuple):
    """One thing that was measured: `point` is in [`low`, `high`], and more is worse."""

    cause: Cause
    point: float
    low: float
    high: float
    ends: tuple[float, float, float]
    """Upper ends of good, fair and poor."""


def judge(measured: Measured) -> LineQuality:
    """Return the quality of a line as it was measured."""
    level, cause, borderline = Level.UNKNOWN, Cause.NONE, False
    metrics = list(metrics_of(measured))
    if measured.is_ours:
        cause = Cause.SERVER
    elif measured.is_enough:
        level = level_of(metrics)
        if level is not Level.GOOD:
            cause = _cause(measured, metrics)
        elif _is_bloated(measured):
            cause = Cause.BUFFERBLOAT
        borderline = _rank([m.low for m in metrics], metrics) != _rank(
            [m.high for m in metrics], metrics
        )
    return LineQuality(
        level=level,
        cause=cause,
        borderline=borderline,
        rtt_ms=_ms(measured.rtt_s),
        loaded_rtt_ms=_ms(measured.loaded_rtt_s),
        up=measured.up,
        down=measured.down,
        r_factor=line_r(measured),
    )


def disturbs(quality: LineQuality) -> bool:
    """Return whether a line disturbs a conversation: what is said comes late or with gaps.

    Our own fault is none of a line's, and a narrow one makes a picture small and no trouble.
    """
    is_worse = quality.level in LEVELS[1:] and quality.cause is not Cause.SERVER
    return is_worse and quality.cause not in QUEUES.values()


def _cause(measured: Measured, metrics: list[Metric]) -> Cause:
    """Return the worst metric's cause, or what that is a consequence of."""
    cause = max(metrics, key=lambda metric: severity(metric.point, metric.ends)).cause
    capacity = QUEUES.get(cause)
    if capacity is None:
        return cause
    is_up = capacity is Cause.CAPACITY_UP
    way, is_full, burst_bytes = (
        (measured.up, measured.up_is_full, PICTURE_BURST_BYTES)
        if is_up
        else (measured.down, measured.down_is_full, _down_burst_bytes(measured))
    )
    if is_full and _is_narrow(way):
        return capacity
    explains = cause in JITTERS and _explains_jitter(way, burst_bytes)
    return capacity if explains else cause


def _down_burst_bytes(measured: Measured) -> int:
    return PICTURE_BURST_BYTES if measured.in_call else PADDING_BURST_BYTES


def _is_narrow(way: DirectionQuality) -> bool:
    """Whether what a direction carries is known, and less than a good line does."""
    known = way.capacity_bps is not None and not way.capacity_is_bound
    return known and (way.capacity_bps or 0) < CAPACITY_BPS[0]


def _explains_jitter(way: DirectionQuality, burst_bytes: int) -> bool:
    """Whether a direction is narrow, and a burst in its queue delays by what was measured."""
    bps, ms = way.capacity_bps, way.delay_variation_ms
    if not bps or ms is None or not _is_narrow(way):
        return False
    spare_bps = bps - SOUND_BPS
    return spare_bps <= 0 or ms <= 1000 * 8 * burst_bytes / spare_bps


def _is_of_pictures(way: DirectionQuality) -> bool:
    """Whether jitter is what the call's own pictures make on a line that carries enough."""
    is_known = way.capacity_bps is not None and not way.capacity_is_bound
    return is_known and not _is_narrow(way) and (way.delay_variation_ms or 0) <= OWN_JITTER_MS


def metrics_of(measured: Measured, z: float | None = None) -> Iterator[Metric]:
    """Yield what a level rests on.

    Args:
        measured: The line.
        z: Take the intervals of loss at so many standard errors, rather than at 95 %.
    """
    if measured.rtt_s is not None:
        rtt_ms = 1000 * measured.rtt_s
        error_ms = max(RTT_ERROR * rtt_ms, RTT_ERROR_MS)
        yield Metric(Cause.DELAY, rtt_ms, rtt_ms - error_ms, rtt_ms + error_ms, RTT_MS)
    ways = (
        (measured.up, Cause.LOSS_UP, Cause.JITTER_UP, Cause.CAPACITY_UP),
        (measured.down, Cause.LOSS_DOWN, Cause.JITTER_DOWN, Cause.CAPACITY_DOWN),
    )
    for way, loss, jitter, capacity in ways:
        if way.loss_ratio is not None and way.packets:
            yield _loss(loss, way, z)
        is_own = measured.in_call and _is_of_pictures(way)
        if way.delay_variation_ms is not None and not is_own:
            ms = way.delay_variation_ms
            error_ms = max(VARIATION_ERROR * ms, VARIATION_ERROR_MS)
            yield Metric(jitter, ms, ms - error_ms, ms + error_ms, VARIATION_MS)
        if way.capacity_bps is not None and not _is_idle_bound(way):
            yield _capacity(capacity, way.capacity_bps, way.capacity_is_bound)


def _loss(cause: Cause, way: DirectionQuality, z: float | None) -> Metric:
    """Nothing lost is no sign of loss, however few packets there were: then it has no interval.

    Else every check of four seconds (0 of 200: at most 1.9 %) would be "close to the limit".
    """
    assert way.loss_ratio is not None
    lost = round(way.loss_ratio * way.packets)
    share = wilson(lost, way.packets) if z is None else wilson(lost, way.packets, z)
    low, high = (share.low, share.high) if lost else (0.0, 0.0)
    return Metric(cause, share.point, low, high, LOSS_RATIO)


def _capacity(cause: Cause, bps: float, is_bound: bool) -> Metric:
    """A capacity counts by its inverse, so that more is worse; a bound may be far exceeded.

    Its point has two digits, as it is no more exact: a line of 1.2 Mbit/s measures as 1.18, since
    RTCP and messages take their part of it.
    """
    error = 0.0 if is_bound else CAPACITY_ERROR
    low, point, high = 1 / (bps * (1 + error)), 1 / float(f"{bps:.2g}"), 1 / (bps * (1 - error))
    good, fair, poor = (1 / end for end in CAPACITY_BPS)
    return Metric(cause, point, low, high, (good, fair, poor))


def _is_idle_bound(way: DirectionQuality) -> bool:
    """Whether no more was tried than what is not yet good: that says nothing against a line."""
    return way.capacity_is_bound and (way.capacity_bps or 0) < CAPACITY_BPS[0]


def severity(value: float, ends: tuple[float, float, float]) -> float:
    """Return how bad a value is: 0 to 1 in good, to 2 in fair, to 3 in poor, and beyond.

    Within a level it is where the value stands between its ends, by ratio; good starts at a
    fourth of its end, and what has no end there is as long as the level before.
    """
    good, fair, poor = ends
    steps = [good / 4, good, fair, poor if poor < inf else fair * fair / good]
    if value <= steps[0]:
        return 0.0
    for rank in range(3):
        if value <= steps[rank + 1]:
            return rank + log(value / steps[rank]) / log(steps[rank + 1] / steps[rank])
    beyond = 3 + log(value / steps[3])
    return beyond if poor < inf else min(beyond, 3.0)


def level_of(metrics: list[Metric]) -> Level:
    """Return the level of the worst; GOOD of none."""
    return LEVELS[_rank([metric.point for metric in metrics], metrics)]


def sure_level(measured: Measured, z: float) -> Level:
    """Return the level that a line has at best, as far as `z` standard errors tell."""
    metrics = list(metrics_of(measured, z))
    return LEVELS[_rank([metric.low for metric in metrics], metrics)]


def sure_loss(measured: Measured, z: float) -> Level:
    """Return what its loss alone makes of a line at best."""
    losses = (Cause.LOSS_UP, Cause.LOSS_DOWN)
    metrics = [metric for metric in metrics_of(measured, z) if metric.cause in losses]
    return LEVELS[_rank([metric.low for metric in metrics], metrics)]


def _rank(values: list[float], metrics: list[Metric]) -> int:
    pairs = zip(values, metrics, strict=True)
    return max((sum(value > end for end in m.ends) for value, m in pairs), default=0)


def line_r(measured: Measured) -> float | None:
    """Return R of this line alone, in its worse direction; None where too little is known."""
    losses = [way.loss_ratio for way in (measured.up, measured.down) if way.loss_ratio is not None]
    if measured.rtt_s is None or not losses:
        return None
    jitter = max(measured.up.jitter_ms or 0.0, measured.down.jitter_ms or 0.0)
    return round(r_factor(delay_ms((1000 * measured.rtt_s,), jitter), max(losses)), 1)


def _is_bloated(measured: Measured) -> bool:
    if measured.rtt_s is None or measured.loaded_rtt_s is None:
        return False
    return 1000 * (measured.loaded_rtt_s - measured.rtt_s) > BLOAT_MS


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(1000 * seconds, 1)
