"""The last second as the receiver saw it: one-way delay over the base, rates, loss."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from sfu.bandwidth.base import Base
from sfu.relay.seam import FeedbackBatch

HEADERS_BYTES = 28
"""Of IPv4 and UDP: the line carries them too, and padding has more of them than pictures."""
WINDOW_S = 1.0
MIN_LOSS_COUNT = 20
STANDING_S = 0.15
"""A queue that no packet of this long found shorter is standing: several frames, ten packets of
sound, so neither a frame's own burst nor jitter looks like one."""
STANDING_COUNT = 12
"""And at least so many packets, lest jitter look like one."""
BUSY_S = 0.010
"""A packet that waited less may have found the line idle."""
UNTOLD_S = 0.045
"""A gap that sound does not leave: feedback about what was sent in it was lost."""
CLOCK_JUMP_S = 30.0
"""No packet waits so long: the receiver's clock was set, or its 24 bits of 64 ms came round."""
STALL_S = 0.06
"""A full line leaves no such gap: the way was changed or stood still."""
HELD_UP = 1.15
"""Times the time in which packets left: if they arrive in more, the line was too narrow. Clusters
are sent at 1.25 of it and more; jitter alone moves the ends of a short run apart by less."""
BURST_S, FASTER = 0.015, 0.6
"""What our own packets must at least have cost each other, and what share of that shows a wider
line. With two Chromium on a line of 400 kbit/s both agreed within 5 ms until it was widened."""
MIN_SPAN_S = 0.1
"""A rate over less time says more about packet sizes than about the line."""


class Seen(NamedTuple):
    """One packet, received or not. `owd_s` is the one-way delay plus an unknown constant."""

    sent_at: float
    wire_bytes: int
    arrived_at: float | None
    owd_s: float
    cluster: int


class Window:
    """What feedback told about the packets of the last second.

    Packets told twice and packets overtaken by feedback that came earlier are left out.
    """

    __slots__ = (
        "_base",
        "_first_at",
        "_gaps",
        "_media",
        "_media_bytes",
        "_received",
        "_received_bytes",
        "_sent",
        "_sent_bytes",
        "_told_s",
    )

    def __init__(self) -> None:
        self._start_anew()

    def _start_anew(self) -> None:
        self._sent: deque[Seen] = deque()
        self._received: deque[Seen] = deque()
        self._gaps: deque[tuple[float, float]] = deque()
        self._told_s = WINDOW_S
        self._first_at = 0.0
        self._sent_bytes = self._received_bytes = 0
        self._media = self._media_bytes = 0
        self._base = Base()

    def take(self, batch: FeedbackBatch) -> list[Seen]:
        """Add what is new in a batch, and return it."""
        newest = self._sent[-1].sent_at if self._sent else -1.0
        told = zip(batch.sent_at, batch.size_bytes, batch.arrived_at, batch.cluster, strict=True)
        fresh = [
            Seen(at, size + HEADERS_BYTES, came, 0.0 if came is None else came - at, cluster)
            for at, size, came, cluster in told
            if at >= newest
        ]
        received = [packet for packet in fresh if packet.arrived_at is not None]
        if received and self._received and _jumped(self._received[-1], received[0]):
            self._start_anew()
            newest = -1.0
        self._sent.extend(fresh)
        self._received.extend(received)
        self._count(fresh, received, 1)
        self._forget()
        self._note_gap(newest, fresh)
        if received:
            self._base.lower(min(packet.owd_s for packet in received), received[-1].sent_at)
        return fresh

    def _note_gap(self, newest: float, fresh: list[Seen]) -> None:
        """Note what time no feedback spoke of; at most half of a window is believed to be lost."""
        if not fresh:
            return
        if newest < 0:
            self._first_at = fresh[0].sent_at
        elif fresh[0].sent_at - newest > UNTOLD_S:
            self._gaps.append((newest, fresh[0].sent_at - newest))
        horizon = self._sent[-1].sent_at - WINDOW_S
        while self._gaps and self._gaps[0][0] < horizon:
            self._gaps.popleft()
        known_s = min(max(self._sent[-1].sent_at - self._first_at, MIN_SPAN_S), WINDOW_S)
        self._told_s = known_s - min(sum(gap for _, gap in self._gaps), known_s / 2)

    def _forget(self) -> None:
        if not self._sent:
            return
        horizon = self._sent[-1].sent_at - WINDOW_S
        self._count(_shed(self._sent, horizon), _shed(self._received, horizon), -1)

    def _count(self, sent: list[Seen], received: list[Seen], sign: int) -> None:
        media = [packet.wire_bytes for packet in sent if packet.cluster == 0]
        self._media += sign * len(media)
        self._media_bytes += sign * sum(media)
        self._sent_bytes += sign * sum(packet.wire_bytes for packet in sent)
        self._received_bytes += sign * sum(packet.wire_bytes for packet in received)

    def rebase(self) -> None:
        """Take the present delay as the base: what stands there is not our own queue."""
        self._base = Base()
        least = [packet.owd_s for packet in self._recent(STANDING_S)]
        if least:
            self._base.lower(min(least), self._received[-1].sent_at)

    def standing_s(self) -> float:
        """Return by how much every packet of late was delayed over the base, in seconds."""
        recent = self._recent(STANDING_S, STANDING_COUNT)
        if len(recent) < 3:
            return 0.0
        return min(packet.owd_s for packet in recent) - self._base.least_s

    def busy_rate_bps(self) -> float:
        """Return what the line let through while packets waited: its capacity for us.

        Of the last half second; of the last fifth where that is a good deal less.
        """
        long, short = _arrival_bps(self._busy(0.5)), _arrival_bps(self._busy(0.2))
        if long is None:
            return self.received_bps()
        return long if short is None or short > 0.8 * long else short

    def is_held_up(self) -> bool:
        """Return whether packets that waited arrived further apart than they left.

        Jitter keeps their distance; a line that is sent more than it carries does not.
        """
        busy = self._busy(0.5)
        left_s = busy[0].sent_at - busy[-1].sent_at if busy else 0.0
        return left_s > MIN_SPAN_S and _arrival(busy[0]) - _arrival(busy[-1]) > HELD_UP * left_s

    def outruns(self, capacity_bps: float) -> bool:
        """Return whether bursts passed much faster than a line of that capacity would let them.

        Whatever else a line does adds to the delay, so less of it than our own packets would
        have caused each other is a sure sign.
        """
        expected = most = longest = at = 0.0
        base = self._base.least_s
        s_per_byte = 8 / capacity_bps
        for sent_at, wire_bytes, _, owd_s, _ in self._received:  # a hundred and more, ten times a s
            expected -= sent_at - at
            if expected < 0:
                expected = 0.0
            expected += wire_bytes * s_per_byte
            at = sent_at
            if expected > most:
                most = expected
            if owd_s - base > longest:
                longest = owd_s - base
        return most > BURST_S and longest < FASTER * most

    def sent_bps(self) -> float:
        """Return what was sent in the last second, in bit/s."""
        return 8 * self._sent_bytes / self._told_s

    def received_bps(self) -> float:
        """Return what of it arrived, in bit/s."""
        return 8 * self._received_bytes / self._told_s

    def loss_ratio(self) -> float:
        """Return the share of packets lost in the last second; 0 while they are few."""
        count = len(self._sent)
        return 1 - len(self._received) / count if count >= MIN_LOSS_COUNT else 0.0

    def payload_ratio(self) -> float:
        """Return what share of media's bytes is not UDP's and IP's."""
        return 1 - HEADERS_BYTES * self._media / max(self._media_bytes, 1)

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
            if packet.owd_s - self._base.least_s < BUSY_S:
                break
            if busy and busy[-1].sent_at - packet.sent_at > UNTOLD_S:
                break
            if busy and _arrival(busy[-1]) - _arrival(packet) > STALL_S:
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
    return 8 * sum(packet.wire_bytes for packet in newest_first[:-1]) / span


def _arrival(packet: Seen) -> float:
    return packet.sent_at + packet.owd_s


def _jumped(before: Seen, after: Seen) -> bool:
    return abs(after.owd_s - before.owd_s) > CLOCK_JUMP_S


def _shed(packets: deque[Seen], horizon: float) -> list[Seen]:
    """Take off and return what was sent before a time."""
    shed = []
    while packets and packets[0].sent_at < horizon:
        shed.append(packets.popleft())
    return shed
