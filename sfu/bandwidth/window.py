"""The last second as the receiver saw it: one-way delay over the base, rates, loss."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from sfu.rtp.feedback import FeedbackBatch

WINDOW_S = 1.0
STANDING_S = 0.15
"""A queue that no packet of this long found shorter is standing: several frames, ten packets of
sound, so neither a frame's own burst nor jitter looks like one."""
STANDING_COUNT = 12
"""And at least so many packets, lest jitter look like one."""
BASE_BUCKET_S, BASE_BUCKETS = 2.0, 10
"""The base is the least delay of 20 s: 100 ppm of clock drift are 2 ms in that time."""
BUSY_S = 0.010
"""A packet that waited less may have found the line idle."""
MIN_SPAN_S = 0.1
"""A rate over less time says more about packet sizes than about the line."""


class Seen(NamedTuple):
    """One packet, received or not. `owd_s` is the one-way delay plus an unknown constant."""

    sent_at: float
    size_bytes: int
    arrived_at: float | None
    owd_s: float
    cluster: int


class Window:
    """What feedback told about the packets of the last second.

    Packets told twice and packets overtaken by feedback that came earlier are left out.
    """

    __slots__ = ("_base", "_base_at", "_bases", "_lost", "_received", "_sent")

    def __init__(self) -> None:
        self._sent: deque[Seen] = deque()
        self._received: deque[Seen] = deque()
        self._lost = 0
        self._bases: deque[float] = deque(maxlen=BASE_BUCKETS)
        self._base: float | None = None
        self._base_at = 0.0

    def take(self, batch: FeedbackBatch) -> list[Seen]:
        """Add what is new in a batch, and return it."""
        newest = self._sent[-1].sent_at if self._sent else -1.0
        fresh = []
        for sent_at, size, arrived_at, cluster in zip(
            batch.sent_at, batch.size_bytes, batch.arrived_at, batch.cluster, strict=True
        ):
            if sent_at < newest:
                continue
            owd = 0.0 if arrived_at is None else arrived_at - sent_at
            fresh.append(Seen(sent_at, size, arrived_at, owd, cluster))
        received = [packet for packet in fresh if packet.arrived_at is not None]
        self._sent.extend(fresh)
        self._received.extend(received)
        self._lost += len(fresh) - len(received)
        self._forget()
        if received:
            self._lower_base(min(packet.owd_s for packet in received), received[-1].sent_at)
        return fresh

    def _forget(self) -> None:
        if not self._sent:
            return
        horizon = self._sent[-1].sent_at - WINDOW_S
        while self._sent[0].sent_at < horizon:
            self._lost -= self._sent.popleft().arrived_at is None
        while self._received and self._received[0].sent_at < horizon:
            self._received.popleft()

    def _lower_base(self, least: float, at: float) -> None:
        if not self._bases or at - self._base_at > BASE_BUCKET_S:
            self._bases.append(least)
            self._base_at = at
        elif least < self._bases[-1]:
            self._bases[-1] = least
        self._base = min(self._bases)

    def rebase(self) -> None:
        """Take the present delay as the base: what stands there is not our own queue."""
        self._bases.clear()
        least = [packet.owd_s for packet in self._recent(STANDING_S)]
        if least:
            self._lower_base(min(least), self._received[-1].sent_at)

    def standing_s(self) -> float:
        """Return by how much every packet of late was delayed over the base, in seconds."""
        recent = self._recent(STANDING_S, STANDING_COUNT)
        if self._base is None or len(recent) < 3:
            return 0.0
        return min(packet.owd_s for packet in recent) - self._base

    def busy_rate_bps(self) -> float | None:
        """Return what the line let through while packets waited: its capacity for us.

        Of the last half second; of the last fifth where that is a good deal less.
        """
        long, short = self._busy(0.5), self._busy(0.2)
        rates = [rate for rate in (_arrival_bps(long), _arrival_bps(short)) if rate is not None]
        if len(rates) == 2 and rates[1] > 0.8 * rates[0]:
            return rates[0]
        return min(rates, default=None)

    def sent_bps(self) -> float:
        """Return what was sent in the last second, in bit/s."""
        return _mean_bps(self._sent)

    def received_bps(self) -> float:
        """Return what of it arrived, in bit/s."""
        return _mean_bps(self._received)

    def loss(self) -> tuple[float, int]:
        """Return the share of packets lost in the last second, and of how many."""
        count = len(self._sent)
        return (self._lost / count if count else 0.0), count

    def _recent(self, span_s: float, least: int = 0) -> list[Seen]:
        received = self._received
        if not received:
            return []
        horizon = received[-1].sent_at + received[-1].owd_s - span_s
        recent: list[Seen] = []
        for packet in reversed(received):
            if packet.sent_at + packet.owd_s < horizon and len(recent) >= least:
                break
            recent.append(packet)
        return recent

    def _busy(self, span_s: float) -> list[Seen]:
        """Return the newest packets that waited, newest first."""
        busy: list[Seen] = []
        for packet in self._recent(span_s):
            if packet.owd_s - (self._base or 0.0) < BUSY_S:
                break
            busy.append(packet)
        return busy


def _arrival_bps(newest_first: list[Seen]) -> float | None:
    """Return the rate of arrival after the first packet of a run, None if it is too short."""
    if len(newest_first) < 4:
        return None
    span = _arrival(newest_first[0]) - _arrival(newest_first[-1])
    if span < MIN_SPAN_S:
        return None
    return 8 * sum(packet.size_bytes for packet in newest_first[:-1]) / span


def _arrival(packet: Seen) -> float:
    return packet.sent_at + packet.owd_s


def _mean_bps(packets: Iterable[Seen]) -> float:
    sizes = [packet.size_bytes for packet in packets]
    return 8 * sum(sizes) / WINDOW_S
