"""Packets of one picture that came one right after the other: how far apart the line put them.

A browser sends a picture's packets at once. What lies between their arrivals is then the time that
each takes at the narrowest point, whether a queue stood there or not.
"""

from __future__ import annotations

from collections import deque

MAX_TRAINS = 64
HEADERS_BYTES = 28
"""UDP and IPv4."""

Train = tuple[float, float, int]
"""When its last packet came, how long after its first, and the bytes of IP packets in between."""


class TrainLog:
    """Trains of one publisher since somebody took them. Any packet between two of one ends it."""

    __slots__ = (
        "_began_at",
        "_ended_at",
        "_next_seq",
        "_rtp_ts",
        "_ssrc",
        "_trains",
        "_wire_bytes",
    )

    def __init__(self) -> None:
        self._trains: deque[Train] = deque(maxlen=MAX_TRAINS)
        self._ssrc = self._rtp_ts = self._next_seq = -1
        self._began_at = self._ended_at = 0.0
        self._wire_bytes = 0

    def note(self, ssrc: int, seq: int, rtp_ts: int, size: int, now: float) -> None:
        """Note a packet of media that came the first time it was sent."""
        if seq == self._next_seq and rtp_ts == self._rtp_ts and ssrc == self._ssrc:
            self._wire_bytes += size + HEADERS_BYTES
        else:
            self.end()
            self._ssrc, self._rtp_ts = ssrc, rtp_ts
            self._began_at = now
        self._next_seq = (seq + 1) & 0xFFFF
        self._ended_at = now

    def end(self) -> None:
        """End the train under way, as other packets do: repairs, padding."""
        if self._wire_bytes:
            span_s = self._ended_at - self._began_at
            self._trains.append((self._ended_at, span_s, self._wire_bytes))
        self._wire_bytes, self._next_seq = 0, -1

    def take(self) -> tuple[Train, ...]:
        """Return the trains that ended since the last call, the oldest first."""
        trains = tuple(self._trains)
        self._trains.clear()
        return trains
