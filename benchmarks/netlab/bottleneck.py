"""The narrowest point of a line: a token bucket behind a bounded first-in-first-out queue."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")

BITS = 8


class Bottleneck(Generic[T]):
    """Let packets out at a rate; pure, in virtual time, exact across changes of the rate.

    Credit is counted in bytes. An idle line saves up to `bucket_bytes` of it, so that much
    may leave at once; a bucket of 0 is a plain serial line, where every packet takes
    `size * 8 / rate` seconds. Times never go backwards: call with `now` ascending, and take
    what `next_departure()` announces before calling with a later time.
    """

    __slots__ = ("_at", "_bucket_bytes", "_bytes", "_credit", "_limit", "_rate", "_waiting")

    def __init__(self, now: float) -> None:
        self._waiting: deque[tuple[T, int]] = deque()
        self._bytes = 0
        self._rate: float | None = None
        self._bucket_bytes = 0
        self._limit: float | None = None
        self._credit = 0.0
        self._at = now

    def change(
        self,
        now: float,
        rate_bps: float | None,
        bucket_bytes: int,
        queue_bytes: int | None,
        queue_s: float | None,
    ) -> None:
        """Go on with another rate (None: no limit) and queue; what waits already stays.

        `queue_s` is turned into bytes at the new rate; with both bounds the smaller counts.
        """
        was_unlimited = self._rate is None
        self._accrue(now)
        self._rate = None if rate_bps is None else rate_bps / BITS
        self._bucket_bytes = bucket_bytes
        self._credit = bucket_bytes if was_unlimited else min(self._credit, self._ceiling())
        bounds = [float(queue_bytes)] if queue_bytes is not None else []
        if queue_s is not None and self._rate is not None:
            bounds.append(queue_s * self._rate)
        self._limit = min(bounds) if bounds else None

    def offer(self, packet: T, size_bytes: int, now: float) -> bool:
        """Take a packet, or refuse it (False) because the queue is full.

        No packet is accepted that would stay longer than the queue allows, its own
        transmission included; an empty queue takes any packet, or a bound below one
        packet would block the line for ever.
        """
        self._accrue(now)
        if self._waiting and self._limit is not None:
            if self._bytes - self._credit + size_bytes > self._limit:
                return False
        self._waiting.append((packet, size_bytes))
        self._bytes += size_bytes
        return True

    def next_departure(self) -> float | None:
        """When the first packet leaves, in seconds; None when nothing waits."""
        if not self._waiting:
            return None
        if self._rate is None:
            return self._at
        needed = self._waiting[0][1] - self._credit
        return self._at + needed / self._rate if needed > 0 else self._at

    def depart(self, now: float) -> T:
        """Take the first packet; `now` is what `next_departure()` said."""
        self._accrue(now)
        packet, size_bytes = self._waiting.popleft()
        self._bytes -= size_bytes
        self._credit = self._credit - size_bytes if self._credit > size_bytes else 0.0
        return packet

    def _ceiling(self) -> float:
        """The most credit there may be: the bucket, or what the first packet still needs."""
        head = self._waiting[0][1] if self._waiting else 0
        return head if head > self._bucket_bytes else self._bucket_bytes

    def _accrue(self, now: float) -> None:
        if now <= self._at:
            return
        if self._rate is not None:
            earned = self._credit + (now - self._at) * self._rate
            ceiling = self._ceiling()
            self._credit = earned if earned < ceiling else ceiling
        self._at = now
