"""Probe clusters: what they said about the line, and when the next may go out."""

from __future__ import annotations

from dataclasses import dataclass

from sfu.bandwidth.window import Seen

DURATION_S = 0.2
GROWTH = 1.5
"""A cluster's rate over the target (PROBES.md): at most 100 ms of queue where there is no room."""
DELIVERED_RATIO, RISE_S = 0.92, 0.020
"""A cluster filled the line when it arrived slower than it left and its delay rose (PROBES.md)."""
LOST_RATIO = 0.1
PATIENCE_S = 0.5
"""After its end and a round trip, for feedback about a cluster; then it said nothing."""
FIRST_INTERVAL_S, INTERVAL_S, MAX_INTERVAL_S = 4.0, 15.0, 120.0


@dataclass(frozen=True, slots=True)
class Probe:
    """Padding asked for: media and padding together at `rate_bps` for `duration_s`."""

    cluster: int
    rate_bps: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a cluster said: `passed` at `sent_bps`, or the line gave no more than `received_bps`."""

    passed: bool
    sent_bps: float
    received_bps: float


class Cluster:
    """One cluster under way. Everything sent between its first and last packet counts."""

    __slots__ = ("_packets", "ends_at", "gives_up_at", "probe")

    def __init__(self, probe: Probe, now: float, rtt_s: float) -> None:
        self.probe = probe
        self.ends_at = now + probe.duration_s
        self.gives_up_at = self.ends_at + rtt_s + PATIENCE_S
        self._packets: list[Seen] = []

    def take(self, fresh: list[Seen]) -> bool:
        """Note what feedback told; return whether all sent in the cluster's time is told."""
        self._packets += fresh
        return fresh[-1].sent_at >= self.ends_at

    def verdict(self) -> Verdict | None:
        """Judge the cluster; None when too little of it was told."""
        sent = self._packets
        mine = [packet.sent_at for packet in sent if packet.cluster == self.probe.cluster]
        if len(mine) < 4 or mine[-1] <= mine[0]:
            return None
        inside = [packet for packet in sent if mine[0] <= packet.sent_at <= mine[-1]]
        came = sorted(
            (packet.arrived_at, packet.sent_at, packet.size_bytes)
            for packet in inside
            if packet.arrived_at is not None
        )
        if len(came) < 4 or came[-1][0] <= came[0][0]:
            return None
        sent_bps = 8 * sum(packet.size_bytes for packet in inside[1:]) / (mine[-1] - mine[0])
        received_bps = _rate_bps(came)
        third = len(came) // 3 or 1
        delays = [arrived - at for arrived, at, _ in came]
        rise = sum(delays[-third:]) / third - sum(delays[:third]) / third
        filled = received_bps < DELIVERED_RATIO * sent_bps and rise > RISE_S
        lost = 1 - len(came) / len(inside) > LOST_RATIO
        later = came[len(came) // 2 :]  # by then the queue stood
        capacity = _rate_bps(later) if len(later) > 4 else received_bps
        return Verdict(not filled and not lost, sent_bps, min(capacity, received_bps))


def _rate_bps(came: list[tuple[float, float, int]]) -> float:
    span = came[-1][0] - came[0][0]
    return 8 * sum(size for _, _, size in came[1:]) / span if span > 0 else float("inf")


class Schedule:
    """When the next cluster may go out: at once while the line has room, else rarely."""

    __slots__ = ("_interval_s", "due_at")

    def __init__(self, now: float) -> None:
        self.due_at = now
        self._interval_s = FIRST_INTERVAL_S

    def passed(self, now: float) -> None:
        """Go on at once: there may be more."""
        self.due_at = now
        self._interval_s = FIRST_INTERVAL_S

    def failed(self, now: float) -> None:
        """Wait longer each time that nothing was found."""
        self.due_at = now + self._interval_s
        self._interval_s = min(max(2 * self._interval_s, INTERVAL_S), MAX_INTERVAL_S)

    def congested(self, now: float) -> None:
        """Leave the line alone for a while after it was full."""
        self.due_at = max(self.due_at, now + FIRST_INTERVAL_S)
