"""Packets between which the line was never idle: how far apart its narrowest point put them.

A browser sends a picture's packets at once: what lies between their arrivals is the time that each
takes. And a packet of sound that waited met a queue for as long as it waited.
"""

from __future__ import annotations

from collections import deque
from math import inf

MAX_TRAINS = 64
HEADERS_BYTES = 28
"""UDP and IPv4."""

WAITED_S, LONGEST_S = 0.006, 1.0
"""Sound that waited less found no queue to speak of; more is another clock."""
BASE_S = 10.0
"""The least delay of one to two such times is a line's own: no clock drifts far in it."""

Train = tuple[float, float, int]
"""When its last packet came, how long after its first, and the bytes of IP packets in between."""


class TrainLog:
    """Trains of one publisher since somebody took them.

    Any packet between two of a picture's parts them; sound that waited makes one of all that came
    meanwhile.
    """

    __slots__ = (
        "_arrivals",
        "_base_at",
        "_began_at",
        "_ended_at",
        "_least_s",
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
        self._arrivals: deque[tuple[float, int]] = deque(maxlen=MAX_TRAINS)
        self._least_s = (inf, inf)
        self._base_at = 0.0

    def hear(self, delay_s: float, now: float) -> None:
        """Take the delay, plus a constant, of the packet of sound just noted."""
        before, least = self._least_s
        if now - self._base_at > BASE_S:
            before, least, self._base_at = least, inf, now
        least = min(least, delay_s)
        self._least_s = (before, least)
        waited_s = delay_s - min(before, least)
        if not WAITED_S < waited_s < LONGEST_S:
            return
        began_at, wire_bytes, more = now, 0, 0
        for at, size in reversed(self._arrivals):
            if at <= now - waited_s:
                break
            began_at, wire_bytes, more = at, wire_bytes + more, size
        if wire_bytes:
            self._trains.append((now, now - began_at, wire_bytes))

    def note(self, ssrc: int, seq: int, rtp_ts: int, size: int, now: float) -> None:
        """Note a packet of media that came the first time it was sent."""
        if seq == self._next_seq and rtp_ts == self._rtp_ts and ssrc == self._ssrc:
            self._wire_bytes += size + HEADERS_BYTES
        else:
            self._end()
            self._ssrc, self._rtp_ts = ssrc, rtp_ts
            self._began_at = now
        self._arrivals.append((now, size + HEADERS_BYTES))
        self._next_seq = (seq + 1) & 0xFFFF
        self._ended_at = now

    def pass_by(self, size: int, now: float) -> None:
        """Note another packet, a repair or RTCP: it ends the train of a picture under way."""
        self._end()
        self._arrivals.append((now, size + HEADERS_BYTES))

    def _end(self) -> None:
        if self._wire_bytes:
            span_s = self._ended_at - self._began_at
            self._trains.append((self._ended_at, span_s, self._wire_bytes))
        self._wire_bytes, self._next_seq = 0, -1

    def take(self) -> tuple[Train, ...]:
        """Return the trains that ended since the last call, the oldest first."""
        trains = tuple(self._trains)
        self._trains.clear()
        return trains
