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

Key = tuple[float, float, float]
"""Sending time, size and cluster: packets of one tick that agree in all are counted, not named."""


class Packets(NamedTuple):
    """Packets in sending order, a column each."""

    sent_at: Floats
    """On our clock, in seconds."""
    wire_bytes: Floats
    """Of the IP packet."""
    arrived_at: Floats
    """On the receiver's clock, in seconds; NaN where it never came."""
    cluster: Floats
    """The id of the probe it was of, 0 for none."""

    def where(self, mask: NDArray[np.bool_]) -> Packets:
        """Return the packets of a mask."""
        return Packets(*(column[mask] for column in self))

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

    __slots__ = ("_arrived", "_missing", "_packets", "_window_s", "newest_sent_at")

    def __init__(self, window_s: float = inf) -> None:
        self._window_s = window_s
        self._arrived: deque[Floats] = deque()  # a batch each: rows of sent, size, arrived, cluster
        self._missing: Counter[Key] = Counter()
        self._packets: Packets | None = None
        self.newest_sent_at = -inf
        """Of any packet told of so far, on our clock."""

    def take(self, batch: FeedbackBatch) -> None:
        """Add one feedback's news."""
        if not batch.sent_at:
            return
        columns = (batch.sent_at, batch.size_bytes, batch.arrived_at, batch.cluster)
        rows = np.array(columns, dtype=np.float64).T  # None becomes NaN
        absent = np.isnan(rows[:, 2])
        self._strike(rows[~absent & (rows[:, 0] <= self.newest_sent_at)])
        self._missing |= Counter(_keys(rows[absent]))  # the greater: told again, it is the same
        if not absent.all():
            self._arrived.append(rows[~absent])
        self.newest_sent_at = max(self.newest_sent_at, float(rows[:, 0].max()))
        self._forget(self.newest_sent_at - self._window_s)
        self._packets = None

    def _strike(self, again: Floats) -> None:
        """Let what came after all be missing no more."""
        for key in _keys(again) if self._missing else ():
            if self._missing[key]:
                self._missing[key] -= 1

    def _forget(self, horizon: float) -> None:
        while self._arrived and self._arrived[0][-1, 0] < horizon:
            self._arrived.popleft()
        for key in [key for key, count in self._missing.items() if not count or key[0] < horizon]:
            del self._missing[key]

    def packets(self, since: float = -inf) -> Packets:
        """Return what was sent from `since` on, in sending order."""
        if self._packets is None:
            self._packets = self._collect()
        everything = self._packets
        first = int(np.searchsorted(everything.sent_at, since))
        return Packets(*(column[first:] for column in everything)) if first else everything

    def _collect(self) -> Packets:
        missing = [
            (sent_at, size, np.nan, cluster)
            for (sent_at, size, cluster), count in self._missing.items()
            for _ in range(count)
        ]
        lost = np.array(missing, dtype=np.float64).reshape(len(missing), 4)
        rows = np.concatenate([*self._arrived, lost])
        rows = rows[np.argsort(rows[:, 0], kind="stable")]
        rows = rows[np.searchsorted(rows[:, 0], self.newest_sent_at - self._window_s) :]
        return Packets(
            sent_at=rows[:, 0],
            wire_bytes=rows[:, 1] + HEADERS_BYTES,
            arrived_at=rows[:, 2],
            cluster=rows[:, 3],
        )


def _keys(rows: Floats) -> list[Key]:
    """Return the keys of rows of sending time, size, arrival and cluster."""
    return [(sent_at, size, cluster) for sent_at, size, _, cluster in rows.tolist()]
