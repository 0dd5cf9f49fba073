"""What left for one peer, by transport-wide number, until its feedback tells what came of it."""

from __future__ import annotations

from array import array

from sfu.relay.seam import FeedbackBatch
from sfu.rtp.transport_cc import Feedback

KEPT = 4096
"""Packets remembered, a power of two. A check pads with up to 5 Mbit/s, 1,965 packets of 318 bytes
a second; what it is told of them comes after the longest round trip that a call bears (0.6 s), the
queue of a full line (0.5 s and more), and the 0.25 s between two feedbacks. These are 2.1 s."""
SRTP_TAG_BYTES = 16
_FIRST = 1 << 16
_TOLD = -1.0


class DepartureLog:
    """Sending times and sizes in a ring of constant memory (64 kB).

    Numbers count every packet with the transport-wide extension, retransmissions and padding too.
    """

    __slots__ = (
        "_clusters",
        "_origins",
        "_sent_at",
        "_sizes",
        "cluster",
        "next_number",
        "sent_bytes",
    )

    def __init__(self, first: int) -> None:
        """Start to count at `first`, below 2^15."""
        self.next_number = _FIRST + first
        """Number of the next packet, unwrapped; its low 16 bits go on the wire."""
        self.sent_bytes = 0
        self.cluster = 0
        """The probe that packets belong to now; 0 for none."""
        self._sent_at = array("d", [_TOLD]) * KEPT
        self._sizes = array("H", [0]) * KEPT
        self._clusters = array("H", [0]) * KEPT
        self._origins = array("I", [0]) * KEPT

    def note(self, size: int, now: float, origin: int = 0) -> None:
        """Note that the packet `next_number`, of `size` bytes before protection, leaves.

        Args:
            origin: What `match` shall call it when it is lost, below 2^32; 0 when nobody needs
                to know.
        """
        number = self.next_number
        slot = number & (KEPT - 1)
        size += SRTP_TAG_BYTES
        self._sent_at[slot] = now
        self._sizes[slot] = size
        self._clusters[slot] = self.cluster
        self._origins[slot] = origin
        self.sent_bytes += size
        self.next_number = number + 1

    def match(self, feedback: Feedback, now: float) -> tuple[FeedbackBatch | None, list[int]]:
        """Join feedback with what it is about.

        Returns:
            What it tells that none told before, or None; and the origins of packets that are
            missing, where they have one. A packet said to be missing may be told again; one that
            arrived is told once.
        """
        newest = self.next_number - 1
        first = newest - ((newest - feedback.base_seq) & 0xFFFF)
        oldest = max(self.next_number - KEPT, _FIRST)
        rows: list[tuple[float, int, float | None, int]] = []
        missing: list[int] = []
        for number, arrived_at in enumerate(feedback.arrivals, first):
            slot = number & (KEPT - 1)
            if not oldest <= number <= newest or self._sent_at[slot] < 0:
                continue
            rows.append((self._sent_at[slot], self._sizes[slot], arrived_at, self._clusters[slot]))
            if arrived_at is not None:
                self._sent_at[slot] = _TOLD
            elif self._origins[slot]:
                missing.append(self._origins[slot])
        if not rows:
            return None, missing
        sent_at, sizes, arrived, clusters = zip(*rows, strict=True)
        return FeedbackBatch(now, sent_at, sizes, arrived, clusters), missing
