"""A probe of the line to one peer: padding beside what flows, up to a rate, for a moment."""

from __future__ import annotations

from sfu.relay.down.departures import DepartureLog

STEP_S = 0.005
"""Between two looks at what is missing to the rate."""
MAX_BURST = 24
"""Packets of one look; after a late timer more would measure our burst, not the line."""
PADDING_BYTES = 255
"""As much as one packet can hold: its length is one byte (RFC 3550, 5.1)."""


class Probe:
    """One cluster of a bandwidth estimator, from its first packet to its last."""

    __slots__ = ("_ends_at", "_rate_bps", "_sent_before", "_started_at", "next_at")

    def __init__(
        self, log: DepartureLog, cluster: int, rate_bps: int, duration_s: float, now: float
    ) -> None:
        """Begin now: whatever leaves belongs to `cluster` until the end."""
        self._rate_bps = rate_bps
        self._started_at = now
        self._ends_at = now + duration_s
        self._sent_before = log.sent_bytes
        self.next_at = now
        log.cluster = cluster

    def is_over(self, now: float) -> bool:
        return now >= self._ends_at

    def due_packets(self, log: DepartureLog, packet_bytes: int, now: float) -> int:
        """Return how many packets of padding bring what left up to the rate."""
        self.next_at = min(now + STEP_S, self._ends_at)
        wanted = self._rate_bps / 8 * (now - self._started_at + STEP_S)
        missing = wanted - (log.sent_bytes - self._sent_before)
        return min(max(0, round(missing / packet_bytes)), MAX_BURST)
