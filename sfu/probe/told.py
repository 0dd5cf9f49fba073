"""What transport-cc feedback told of packets we sent, each packet once."""

from __future__ import annotations

from collections import Counter, deque
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sfu.bandwidth.downlink.window import HEADERS_BYTES
from sfu.probe.figures import Floats
from sfu.relay.seam import FeedbackBatch

Key = tuple[float, int, int]
"""Sending time, size and cluster: packets of one tick that agree in all are counted, not named."""


class Packets(NamedTuple):
    """Packets in sending order, a column each."""

    sent_at: Floats
    """On our clock, in seconds."""
    wire_bytes: Floats
    """Of the IP packet."""
    arrived_at: Floats
    """On the receiver's clock, in seconds; NaN where it never came."""
    cluster: NDArray[np.int64]

    def where(self, mask: NDArray[np.bool_]) -> Packets:
        """Return the packets of a mask."""
        return Packets(
            self.sent_at[mask], self.wire_bytes[mask], self.arrived_at[mask], self.cluster[mask]
        )

    @property
    def arrived(self) -> Packets:
        """Those that came."""
        return self.where(~np.isnan(self.arrived_at))

    @property
    def delay_s(self) -> Floats:
        """One-way delays plus an unknown constant, in seconds; NaN where a packet never came."""
        return self.arrived_at - self.sent_at

    @property
    def lost(self) -> int:
        """How many never came."""
        return int(np.isnan(self.arrived_at).sum())


class Told:
    """Collect feedback of the last `window_s` seconds.

    A packet that feedback called missing counts as arrived when later feedback says so, and as one
    packet however often it is called missing. Of packets that no feedback spoke of nothing is
    known, and they do not count.
    """

    __slots__ = ("_arrived", "_missing", "_window_s", "newest_sent_at")

    def __init__(self, window_s: float = inf) -> None:
        self._window_s = window_s
        self._arrived: deque[tuple[float, int, float, int]] = deque()
        self._missing: Counter[Key] = Counter()
        self.newest_sent_at = -inf
        """Of any packet told of so far, on our clock."""

    def take(self, batch: FeedbackBatch) -> None:
        """Add one feedback's news."""
        missing: Counter[Key] = Counter()
        for sent_at, size, arrived_at, cluster in zip(
            batch.sent_at, batch.size_bytes, batch.arrived_at, batch.cluster, strict=True
        ):
            key = (sent_at, size, cluster)
            if arrived_at is None:
                missing[key] += 1
                continue
            self._arrived.append((sent_at, size, arrived_at, cluster))
            if self._missing.get(key):
                self._missing[key] -= 1
        self._missing |= missing  # the greater count: told again, it is the same packet
        if batch.sent_at:
            self.newest_sent_at = max(self.newest_sent_at, *batch.sent_at)
            self._forget(self.newest_sent_at - self._window_s)

    def _forget(self, horizon: float) -> None:
        while self._arrived and self._arrived[0][0] < horizon:
            self._arrived.popleft()
        for key in [key for key, count in self._missing.items() if not count or key[0] < horizon]:
            del self._missing[key]

    def packets(self, since: float = -inf) -> Packets:
        """Return what was sent from `since` on, in sending order."""
        rows: list[tuple[float, int, float, int]] = [
            row for row in self._arrived if row[0] >= since
        ]
        for (sent_at, size, cluster), count in self._missing.items():
            if sent_at >= since:
                rows += [(sent_at, size, float("nan"), cluster)] * count
        rows.sort(key=lambda row: row[0])
        columns = np.array(rows, dtype=np.float64).reshape(len(rows), 4)
        return Packets(
            sent_at=columns[:, 0],
            wire_bytes=columns[:, 1] + HEADERS_BYTES,
            arrived_at=columns[:, 2],
            cluster=columns[:, 3].astype(np.int64),
        )
