"""What one page receives: which sound came, what is missing, and asking for it."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.relay.connection import Connection
from sfu.base.media import Slot
from sfu.relay.up.nack import NackList
from sfu.rtp import rtcp
from sfu.rtp.packet import payload_end, payload_offset
from sfu.rtp.sequence import unwrap_seq


class _Track:
    """One stream that comes: the numbers that were seen, and those that are missing."""

    def __init__(self, slot: Slot, ssrc: int) -> None:
        self.slot, self.ssrc = slot, ssrc
        self.first: int | None = None
        self.highest = 0
        self.missing: dict[int, float] = {}
        """And when each was missed."""
        self.nacks = NackList()

    def take(self, seq: int, now: float, *, resent: bool) -> bool:
        """Note a packet; returns whether so much is missing that only a key frame helps."""
        if self.first is None:
            self.first = self.highest = seq
            return False
        number = unwrap_seq(seq, self.highest)
        if number > self.highest:
            first, self.highest = self.highest + 1, number
            for gone in range(first, number):
                self.missing[gone] = now
            return first < number and not self.nacks.note_gap(first, number, now)
        if self.missing.pop(number, None) is not None:
            self.nacks.arrived(number, now, resent=resent)
        return False

    def counts(self, end: float) -> tuple[int, int]:
        """Return how many were expected, and how many of these came."""
        if self.first is None:
            return 0, 0
        expected = self.highest - self.first + 1
        return expected, expected - sum(at <= end for at in self.missing.values())


class Listener:
    """The receiver of one page. Feed it every datagram of media."""

    def __init__(self, connection: Connection, hear: Callable[[bytes, float], None]) -> None:
        """Listen.

        Args:
            hear: Takes the payload of each packet of sound, and when it came.
        """
        self._connection, self._hear = connection, hear
        self._tracks: dict[int, _Track] = {}
        self._repairs: dict[int, _Track] = {}
        """By the SSRC of their retransmissions."""
        self.undecryptable = 0

    def begin(self) -> None:
        """Learn from the answer what comes under which SSRC."""
        for slot, (ssrc, rtx_ssrc) in self._connection.down_ssrcs.items():
            track = self._tracks[ssrc] = _Track(slot, ssrc)
            if rtx_ssrc is not None:
                self._repairs[rtx_ssrc] = track

    def receive(self, data: bytes, now: float) -> list[bytes]:
        """Take one datagram; returns the RTCP compounds that came in it."""
        packet = self._connection.unprotect(data)
        if packet is None:
            return self._connection.reports()
        start = payload_offset(packet)
        end = payload_end(packet, start)
        ssrc = int.from_bytes(packet[8:12], "big")
        if start < 0 or end <= start:
            return []  # padding that measures the line
        if (track := self._tracks.get(ssrc)) is not None:
            lost = track.take(int.from_bytes(packet[2:4], "big"), now, resent=False)
            if track.slot is Slot.AUDIO:
                self._hear(packet[start:end], now)
        elif (track := self._repairs.get(ssrc)) is not None and end - start > 2:
            seq = int.from_bytes(packet[start : start + 2], "big")
            lost = track.take(seq, now, resent=True)
        else:
            return []
        if lost:
            self._connection.report(rtcp.write_pli(track.ssrc, track.ssrc))
        return []

    def ask(self, now: float) -> None:
        """Ask for what is missing, where that is due."""
        for track in self._tracks.values():
            due_at = track.nacks.next_at() if len(track.nacks) else None
            if due_at is not None and due_at <= now:
                seqs = track.nacks.take_due(now, None)
                if seqs:
                    self._connection.report(rtcp.write_nack(track.ssrc, track.ssrc, seqs))

    def counts(self, end: float) -> tuple[int, int]:
        """Return how many packets were expected until then, and how many came."""
        pairs = [track.counts(end) for track in self._tracks.values()]
        return sum(expected for expected, _ in pairs), sum(came for _, came in pairs)
