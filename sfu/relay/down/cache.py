"""What we sent lately, so that the receiver's NACKs are answered here and never reach a publisher.

One ring per down track, bounded in packets and in bytes; the oldest goes first.
"""

from __future__ import annotations

MIN_RESEND_GAP_S = 0.01
MAX_RESEND_GAP_S = 0.1
RESEND_SHARE, RESEND_BURST_BYTES = 0.25, 48_000
"""A tenth of all packets lost at random are resent twice within it; the burst is of an outage of
150 ms at 2.5 Mbit/s."""


class ResendCache:
    """Packets by unwrapped sequence number, positive and counted by the caller."""

    __slots__ = (
        "_mask",
        "_max_bytes",
        "_newest",
        "_oldest",
        "_packets",
        "_resent_at",
        "size_bytes",
    )

    def __init__(self, max_packets: int, max_bytes: int) -> None:
        """Make an empty cache.

        Args:
            max_packets: A power of two.
            max_bytes: Of packets together; a single larger packet is not kept.
        """
        self._mask = max_packets - 1
        self._max_bytes = max_bytes
        self._packets: list[bytes] = []  # both as long as the ring from the first packet on
        self._resent_at: list[float] = []
        self._oldest = 0
        self._newest = -1
        self.size_bytes = 0

    def put(self, number: int, packet: bytes) -> None:
        """Keep a packet; numbers may come late and leave gaps."""
        newest, slot = self._newest, number & self._mask
        if number > newest:
            beyond = number - self._oldest - self._mask
            if newest < 0:
                self._begin(number)
            elif beyond == 1:  # the usual case once the ring is full: just the oldest goes
                self._oldest += 1
            elif beyond > 1:
                self._forget_until(number - self._mask)
            self._newest = number
        elif number < self._oldest:
            return
        packets = self._packets
        self.size_bytes += len(packet) - len(packets[slot])
        packets[slot] = packet
        self._resent_at[slot] = -1.0
        while self.size_bytes > self._max_bytes:  # at full rate one leaves for each that comes
            slot = self._oldest & self._mask
            self.size_bytes -= len(packets[slot])
            packets[slot] = b""
            self._oldest += 1

    def _begin(self, number: int) -> None:
        self._oldest = number
        self._packets = [b""] * (self._mask + 1)
        self._resent_at = [0.0] * (self._mask + 1)

    def _forget_until(self, number: int) -> None:
        """Empty the slots of all numbers below `number`."""
        packets, mask = self._packets, self._mask
        for old in range(self._oldest, min(number, self._oldest + mask + 1)):
            slot = old & mask
            self.size_bytes -= len(packets[slot])
            packets[slot] = b""
        self._oldest = number

    def take(self, number: int, now: float, gap_s: float) -> bytes | None:
        """Return a packet to send again, unless it is gone or was resent less than `gap_s` ago.

        Twins of one NACK, as impatient receivers send them, so cost nothing.
        """
        if not self._oldest <= number <= self._newest:
            return None
        slot = number & self._mask
        packet = self._packets[slot]
        resent_at = self._resent_at[slot]
        if not packet or (resent_at >= 0 and now - resent_at < gap_s):
            return None
        self._resent_at[slot] = now
        return packet


class ResendBudget:
    """What may be sent again: a share of what was sent first, so that repair cannot fill a line.

    Without it a line that fell from 2,000 to 400 kbit/s was sent 6,500: a receiver asks for all
    that the full queue drops, again and again (measured with Chromium on netlab).
    """

    __slots__ = ("_earned_until", "_left_bytes")

    def __init__(self) -> None:
        self._left_bytes = float(RESEND_BURST_BYTES)
        self._earned_until = 0

    def earn(self, forwarded_bytes: int) -> None:
        """Add the share of all that was ever sent first and not counted yet."""
        earned = RESEND_SHARE * (forwarded_bytes - self._earned_until)
        self._earned_until = forwarded_bytes
        self._left_bytes = min(self._left_bytes + earned, RESEND_BURST_BYTES)

    @property
    def is_spent(self) -> bool:
        return self._left_bytes <= 0

    def spend(self, size_bytes: int) -> None:
        self._left_bytes -= size_bytes


def resend_gap_s(rtt_s: float | None) -> float:
    """Return how long one resend of a packet stands for all that ask: half a round trip."""
    return min(max((rtt_s or 0.0) / 2, MIN_RESEND_GAP_S), MAX_RESEND_GAP_S)
