"""Probe clusters: what one said about the line, and when the next goes out."""

from __future__ import annotations

from dataclasses import dataclass

from sfu.bandwidth.downlink.window import Seen

DURATION_S = 0.2
GROWTH, CAUTIOUS_GROWTH = 1.5, 1.25
"""A cluster's rate over the target (PROBES.md), and where a capacity is known and in use, over
that: 100 ms of queue where there is no room, and 50."""
MAX_CLUSTER = 65_535
DELIVERED_RATIO, RISE_S = 0.92, 0.020
"""A cluster filled the line when it arrived slower than it left and its delay rose (PROBES.md)."""
WAITED_S = 0.010
LOST_RATIO = 0.1
LEAST_PACKETS = 4
PATIENCE_S = 0.5
"""After its end and a round trip, for feedback about a cluster; then it said nothing."""
FIRST_INTERVAL_S, INTERVAL_S, MAX_INTERVAL_S = 4.0, 15.0, 120.0
"""Soon after congestion, between clusters of a settled call, and where none finds anything."""
PAUSED_INTERVAL_S = 30.0
"""At most, while there is no picture for want of room: padding is all that finds some."""
PADDING_SHARE = 0.02
"""Of the bytes sent, once settled (PROBES.md)."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Padding asked for: media and padding together at `rate_bps` for `duration_s`."""

    cluster: int
    rate_bps: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a cluster said: it `passed` at `sent_bps`, or the line gave `capacity_bps`."""

    passed: bool
    sent_bps: float
    capacity_bps: float


class Cluster:
    """One cluster under way. Everything sent between its first and last packet counts."""

    __slots__ = ("_cluster", "_ends_at", "_packets", "gives_up_at")

    def __init__(self, probe: Probe, now: float, rtt_s: float) -> None:
        self._cluster = probe.cluster
        self._ends_at = now + probe.duration_s
        self.gives_up_at = self._ends_at + rtt_s + PATIENCE_S
        self._packets: list[Seen] = []

    def take(self, fresh: list[Seen]) -> bool:
        """Note what feedback told; return whether all sent in the cluster's time is told."""
        self._packets += fresh
        return fresh[-1].sent_at >= self._ends_at

    def verdict(self) -> Verdict | None:
        """Judge the cluster; None when too little of it was told."""
        mine = [packet.sent_at for packet in self._packets if packet.cluster == self._cluster]
        if len(mine) < LEAST_PACKETS or mine[-1] <= mine[0]:
            return None
        inside = [packet for packet in self._packets if mine[0] <= packet.sent_at <= mine[-1]]
        came = [packet for packet in inside if packet.arrived_at is not None]
        if len(came) < LEAST_PACKETS:
            return None
        sent_bps = 8 * sum(packet.wire_bytes for packet in inside[1:]) / (mine[-1] - mine[0])
        received_bps = _arrival_bps(came)
        slower = received_bps < DELIVERED_RATIO * sent_bps and _rise_s(came) > RISE_S
        lossy = len(came) < (1 - LOST_RATIO) * len(inside)
        least = min(packet.owd_s for packet in came)
        idle = next((n for n, packet in enumerate(came) if packet.owd_s > least + WAITED_S), 0)
        full = came[idle:]  # from where packets waited
        capacity = _arrival_bps(full) if len(full) > LEAST_PACKETS else received_bps
        return Verdict(not slower and not lossy, sent_bps, capacity)


class Prober:
    """Send one cluster at a time: at once while the line has room, else rarely."""

    __slots__ = (
        "_cluster",
        "_cost_s",
        "_interval_s",
        "_most_s",
        "_not_before",
        "_number",
        "due_at",
    )

    def __init__(self, now: float) -> None:
        self.due_at = self._not_before = now
        self._interval_s = FIRST_INTERVAL_S
        self._cost_s = 0.0
        self._most_s = MAX_INTERVAL_S
        self._cluster: Cluster | None = None
        self._number = 0

    @property
    def is_busy(self) -> bool:
        """Whether a cluster is under way."""
        return self._cluster is not None

    def rate_bps(self, target: float, known: float | None) -> float:
        """Return the next cluster's rate; `known` is a capacity that is known and in use."""
        if known is None:
            return GROWTH * target
        return min(GROWTH * target, CAUTIOUS_GROWTH * max(known, target))

    def padding_bits(self, target: float, sent: float) -> float:
        """Return how much padding a cluster takes beside what is sent anyway."""
        return max(GROWTH * target - sent, 0.0) * DURATION_S

    def start(
        self,
        rate_bps: int,
        cost_s: float,
        rtt_s: float,
        now: float,
        most_s: float = MAX_INTERVAL_S,
    ) -> Probe:
        """Begin a cluster.

        Args:
            rate_bps: Of all that is sent meanwhile, of RTP packets.
            cost_s: For how long media take to send as much.
            rtt_s: The receiver's round trip.
            now: Monotonic time, in seconds.
            most_s: The longest that the next waits when this finds nothing, but for its cost.
        """
        self._cost_s, self._most_s = cost_s, most_s
        self._number = self._number % MAX_CLUSTER + 1
        probe = Probe(self._number, rate_bps, DURATION_S)
        self._cluster = Cluster(probe, now, rtt_s)
        return probe

    def take(self, fresh: list[Seen], now: float) -> Verdict | None:
        """Note what feedback told; return the verdict when it told all of the cluster."""
        if self._cluster is None or not self._cluster.take(fresh):
            return None
        verdict = self._cluster.verdict()
        self._cluster = None
        if verdict is not None and verdict.passed:
            self._interval_s = FIRST_INTERVAL_S
            self.hurry(now)
        else:
            self._wait(now)
        return verdict

    def handle_timeout(self, now: float) -> None:
        """Give up a cluster that feedback does not tell of."""
        if self._cluster is not None and now >= self._cluster.gives_up_at:
            self._cluster = None
            self._wait(now)

    def hurry(self, now: float) -> None:
        """Let the next go out at once, unless the last has just failed."""
        self.due_at = max(now, self._not_before)

    def rest(self, now: float) -> None:
        """Leave the line alone for a while: it is full."""
        self.due_at = max(self.due_at, now + FIRST_INTERVAL_S)

    def _wait(self, now: float) -> None:
        """Wait until media have paid for the padding, and longer each time nothing was found."""
        self._not_before = self.due_at = now + FIRST_INTERVAL_S
        wait_s = min(self._interval_s, self._most_s)
        self.due_at = now + max(wait_s, self._cost_s / PADDING_SHARE)
        self._interval_s = min(max(2 * self._interval_s, INTERVAL_S), MAX_INTERVAL_S)


def _arrival_bps(came: list[Seen]) -> float:
    """Return the rate of arrival after the first packet."""
    came = sorted(came, key=_arrival)
    span = _arrival(came[-1]) - _arrival(came[0])
    return 8 * sum(packet.wire_bytes for packet in came[1:]) / span if span > 0 else float("inf")


def _arrival(packet: Seen) -> float:
    return packet.sent_at + packet.owd_s


def _rise_s(came: list[Seen]) -> float:
    """Return by how much the last third of packets was later than the first."""
    third = max(len(came) // 3, 1)
    delays = [packet.owd_s for packet in came]
    return (sum(delays[-third:]) - sum(delays[:third])) / third
