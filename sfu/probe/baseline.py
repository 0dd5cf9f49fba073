"""A line as it is: round trip, and loss and delay of each direction over the last seconds.

Fed about once a second with sums since ever and with what came since the last time; read whenever
somebody wants to know. Sums may start anew, as with a new stream: that second then says nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import numpy as np

from sfu.messages import DirectionQuality
from sfu.probe.congestion import Congestion
from sfu.probe.figures import Floats, delay_variation_s, wilson
from sfu.probe.told import Packets, Told
from sfu.relay.seam import FeedbackBatch

WINDOW_S = 10.0
MEDIA = frozenset({0})
"""Clusters of feedback that are no probe."""
DRAIN_S = 0.35
"""For so long after a probe that fills the line its queue may hold up others (PROBES.md)."""
SLACK_S = 0.2
"""By how much a look may come late and still bound a window."""
MAX_PACKETS_PER_S = 5_000
"""More in a direction is another count, not a flow: a call has 300."""
CLOCK_JUMP_S = 30.0
"""No packet waits so long: another clock (`bandwidth.downlink.window` says the same)."""


class UpSums(NamedTuple):
    """What came from a browser, since its streams began."""

    expected: int
    """Packets that were sent, by sequence numbers."""
    lost: int
    """Of these not received the first time they were sent; may fall when one comes late."""
    variation_sum_s: float
    """Sum of |D| (RFC 3550, 6.4.1)."""
    variation_count: int


class DownSums(NamedTuple):
    """What a browser's receiver reports say, where it gives no transport-cc feedback."""

    forwarded: int
    """Packets sent to it."""
    far_lost: int
    """Of these lost, as it reports (RFC 3550, 6.4.1)."""


class Sums:
    """Sums since ever, made whole: one that starts anew goes on from where it was."""

    __slots__ = ("_looks", "_offset", "_raw")

    def __init__(self) -> None:
        self._looks: deque[tuple[float, tuple[float, ...]]] = deque()
        self._raw: tuple[float, ...] | None = None
        self._offset: tuple[float, ...] = ()

    def take(
        self,
        raw: tuple[float, ...],
        rising: tuple[int, ...],
        now: float,
        window_s: float,
        *,
        left_out: bool = False,
    ) -> bool:
        """Note sums; return whether they went on, rather than start anew.

        Args:
            raw: The first counts packets.
            rising: The indices of others that never fall; the first never does.
            now: Monotonic time, in seconds.
            window_s: How much is kept.
            left_out: Count nothing of what came since the last look.
        """
        before = self._raw or raw
        elapsed_s = now - self._looks[-1][0] if self._looks else 0.0
        grown = raw[0] - before[0]
        goes_on = 0 <= grown <= MAX_PACKETS_PER_S * max(elapsed_s, 1.0)
        goes_on = goes_on and self._raw is not None and not left_out
        goes_on = goes_on and all(raw[each] >= before[each] for each in rising)
        if not goes_on:
            offset = self._offset or (0.0,) * len(raw)
            pairs = zip(offset, before, raw, strict=True)
            self._offset = tuple(was + old - new for was, old, new in pairs)
        self._raw = raw
        whole = tuple(own + more for own, more in zip(raw, self._offset, strict=True))
        self._looks.append((now, whole))
        while len(self._looks) > 2 and self._looks[1][0] < now - window_s:
            self._looks.popleft()
        return goes_on

    def since(self, horizon: float, without: Congestion | None = None) -> tuple[float, ...] | None:
        """Return by how much each grew since a time, or since the look after it.

        Args:
            horizon: The time.
            without: What grew between two looks while the line was full is left out.
        """
        looks = [look for look in self._looks if look[0] >= horizon - SLACK_S]
        if not looks:
            return None
        grown = [0.0] * len(looks[0][1])
        for (before_at, before), (at, after) in pairwise(looks):
            if without is None or not without.overlaps(before_at, at):
                pairs = zip(grown, before, after, strict=True)
                grown = [total + new - old for total, old, new in pairs]
        return tuple(grown)


class Baseline:
    """Measure one browser's line over the last `window_s` seconds.

    Args:
        window_s: How much is kept, and reported where no shorter span is asked for.
        clusters: Whose packets count among those that feedback tells of. All others fill the line
            on purpose, so neither they nor what leaves right after them tell of its usual state.
    """

    def __init__(self, window_s: float = WINDOW_S, clusters: frozenset[int] = MEDIA) -> None:
        self._window_s = window_s
        self._clusters = np.array(sorted(clusters))
        self._rtts: deque[tuple[float, float]] = deque()
        self._up = Sums()
        self._delays: deque[tuple[Floats, Floats]] = deque()
        self._delays_at: float | None = None
        self._down = Sums()
        self._told = Told(window_s)
        self.up_full = Congestion(window_s)
        self.down_full = Congestion(window_s)

    # what comes in

    def take_rtts(self, rtts_s: Iterable[float], now: float) -> None:
        """Add round trips measured since the last call, in seconds."""
        self._rtts.extend((now, rtt_s) for rtt_s in rtts_s)
        while self._rtts and self._rtts[0][0] < now - self._window_s:
            self._rtts.popleft()

    def take_up(self, sums: UpSums, delays_s: Sequence[float], now: float) -> None:
        """Add what came from the browser.

        Args:
            sums: Since ever.
            delays_s: Of the packets of sound since the last call, in order: their delays in
                seconds plus a constant that a new stream may change. They are taken to have come
                evenly, which matters to clock drift alone.
            now: Monotonic time, in seconds.
        """
        if not self._up.take(tuple(sums), (2, 3), now, self._window_s):
            self._delays.clear()
            self._delays_at = None
        fresh = np.asarray(delays_s, dtype=np.float64)
        if len(fresh):
            self._note_delays(fresh, now)
        while self._delays and self._delays[0][0][-1] < now - self._window_s:
            self._delays.popleft()

    def _note_delays(self, fresh: Floats, now: float) -> None:
        if self._delays and abs(fresh[0] - self._delays[-1][1][-1]) > CLOCK_JUMP_S:
            self._delays.clear()
        since = now - 1.0 if self._delays_at is None else self._delays_at
        self._delays.append((np.linspace(since, now, len(fresh) + 1)[1:], fresh))
        self._delays_at = now

    def take_feedback(self, batch: FeedbackBatch) -> None:
        """Add what the browser told of packets sent to it."""
        self._told.take(batch)

    def take_reports(self, sums: DownSums, now: float) -> None:
        """Add what its receiver reports say, where it gives no feedback."""
        self._down.take(tuple(sums), (), now, self._window_s)

    def leave_out(self, up: UpSums, down: DownSums, now: float) -> None:
        """Count nothing since the last call: the line was filled on purpose, or its queue drained.

        Give neither round trips nor delays of that time.
        """
        self._up.take(tuple(up), (2, 3), now, self._window_s, left_out=True)
        self._down.take(tuple(down), (), now, self._window_s, left_out=True)
        self._delays_at = now

    # what comes out; `span_s` is at most the window

    def rtt_s(self, now: float, span_s: float | None = None) -> float | None:
        """Return the median round trip; None without any."""
        since = self._since(now, span_s)
        rtts = [(at, rtt_s) for at, rtt_s in self._rtts if at >= since]
        for full in (self.up_full.left_out(now), self.down_full.left_out(now)):
            if full is not None:
                rtts = [(at, rtt_s) for at, rtt_s in rtts if not full.overlaps(at - rtt_s, at)]
        return median(rtt_s for _, rtt_s in rtts) if rtts else None

    def up(self, now: float, span_s: float | None = None) -> DirectionQuality:
        """Return how packets came from the browser."""
        since = self._since(now, span_s)
        without = self.up_full.left_out(now)
        grown = self._up.since(since, without)
        if grown is None:
            return DirectionQuality()
        expected, lost, variation_sum_s, variation_count = grown
        mean_s = variation_sum_s / variation_count if variation_count else None
        return _quality(int(expected), int(lost), mean_s, self._up_variation_s(since, without))

    def _up_variation_s(self, since: float, without: Congestion | None) -> float | None:
        if not self._delays:
            return None
        at = np.concatenate([times for times, _ in self._delays])
        delays = np.concatenate([values for _, values in self._delays])
        told = at >= since
        if without is not None:
            told &= ~without.covers(at)
        return delay_variation_s(at[told], delays[told]) if told.any() else None

    def down(
        self, now: float, span_s: float | None = None, unanswered: int = 0
    ) -> DirectionQuality:
        """Return how packets reached the browser; by its feedback, else by its reports.

        Args:
            now: Monotonic time, in seconds.
            span_s: As long before.
            unanswered: Packets of that time of which it told nothing, and that count as lost.
        """
        since = self._since(now, span_s)
        without = self.down_full.left_out(now)
        packets = self._usual(self._told.packets(since))
        if without is not None:
            packets = packets.where(~without.covers(packets.sent_at))
        if len(packets.sent_at):
            came = packets.arrived
            variation_s = None
            if len(came.sent_at):
                variation_s = delay_variation_s(came.sent_at, came.delay_s)
            told = _quality(len(packets.sent_at), packets.lost, _mean_d_s(came), variation_s)
            return with_lost(told, unanswered, unanswered)
        grown = self._down.since(since, without)
        if grown is None:
            return DirectionQuality()
        return _quality(int(grown[0]), int(grown[1]) + unanswered, None, None)

    def _usual(self, packets: Packets) -> Packets:
        """Leave out what filled the line on purpose, and what left while its queue drained."""
        usual = np.isin(packets.cluster, self._clusters)
        if usual.all():
            return packets
        filling = packets.sent_at[~usual]
        last = np.searchsorted(filling, packets.sent_at, side="right") - 1
        since_s = np.where(last >= 0, packets.sent_at - filling[last], np.inf)
        return packets.where(usual & (since_s > DRAIN_S))

    def _since(self, now: float, span_s: float | None) -> float:
        return now - (self._window_s if span_s is None else span_s)


def with_lost(quality: DirectionQuality, packets: int, lost: int) -> DirectionQuality:
    """Return a direction with more packets counted, of which some were lost; delays as they are."""
    total = quality.packets + packets
    if not packets or not total:
        return quality
    whole = _quality(total, round((quality.loss_ratio or 0.0) * quality.packets) + lost, None, None)
    fields = {"packets", "loss_ratio", "loss_low", "loss_high"}
    return quality.model_copy(update=whole.model_dump(include=fields))


def _mean_d_s(came: Packets) -> float | None:
    """Return mean |D| between packets that left one after the other, each tick's first alone."""
    first = np.diff(came.sent_at, prepend=-np.inf) > 0
    delays = came.delay_s[first]
    return float(np.abs(np.diff(delays)).mean()) if len(delays) > 1 else None


def _quality(
    packets: int, lost: int, mean_d_s: float | None, variation_s: float | None
) -> DirectionQuality:
    if packets <= 0:
        return DirectionQuality()
    loss = wilson(min(max(lost, 0), packets), packets)
    return DirectionQuality(
        packets=packets,
        loss_ratio=loss.point,
        loss_low=loss.low,
        loss_high=loss.high,
        jitter_ms=_ms(mean_d_s),
        delay_variation_ms=_ms(variation_s),
    )


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(1000 * seconds, 2)
