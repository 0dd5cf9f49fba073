"""Browsers' repair as libwebrtc does it, for the core to work with in virtual time.

Modelled after libwebrtc's `RtpPacketHistory` and `NackRequester` by their documented behaviour;
the numbers below are theirs. A browser is a party of `tests.support.network`.
"""

from __future__ import annotations

import random
import struct
from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf

from sfu.base.address import Address
from sfu.base.media import Slot
from sfu.rtp import rtcp, transport_cc
from sfu.rtp.sequence import unwrap_seq
from tests.sfu.relay.far_end import VP8_DELTA, VP8_KEY, FarEnd

PROCESS_S = 0.02
"""Between two looks at what to ask for again."""
MAX_ASKED = 10
"""Times a browser asks for one packet."""
GUARD_S = 0.005
"""A packet is not resent again within a round trip and this."""
PACER_S = 0.005
"""A retransmission waits for the pacer's next turn, so long at most."""
FRAME_S = 1 / 30
PACKET_S = 0.002
"""Between packets of one frame: the pacer sends at 2.5 times the target rate."""
SFU: Address = ("198.51.100.1", 50_000, 0)


TELL_S = 0.0625
"""Between two transport-cc feedbacks of a receiver (Chromium 156 at 1.5 Mbit/s: 58 to 66 ms)."""


class Browser:
    """One `FarEnd` on a network, with what all browsers answer by themselves."""

    def __init__(self, end: FarEnd) -> None:
        self.end = end
        self.line = end.line(Slot.CAMERA)
        self._out: deque[tuple[bytes, Address]] = deque()
        self._due: list[tuple[float, int, bytes]] = []
        self._order = 0

    def poll_transmit(self) -> tuple[bytes, Address] | None:
        return self._out.popleft() if self._out else None

    def next_timeout(self) -> float | None:
        return self._due[0][0] if self._due else None

    def handle_timeout(self, now: float) -> None:
        while self._due and self._due[0][0] <= now:
            self._out.append((self.end.out.protect(heappop(self._due)[2]), SFU))

    def receive_datagram(self, data: bytes, addr: Address, now: float) -> None:
        self.end.receive(data, now)
        for compound in self.end.compounds:
            for kind, count, start, end in rtcp.split(compound):
                if kind == rtcp.XR:
                    self._answer_reference(compound, start, end, now)
                elif kind == rtcp.RTPFB and count == rtcp.FMT_NACK:
                    self.asked(rtcp.read_nack(compound, start, end)[1], now)
        self.end.compounds.clear()

    def asked(self, seqs: list[int], now: float) -> None:
        """Answer a NACK."""

    def _send_at(self, at: float, packet: bytes) -> None:
        self._order += 1
        heappush(self._due, (at, self._order, packet))

    def _send_rtcp(self, packet: bytes) -> None:
        compound = rtcp.write_rr(self.end.peer, []) + packet
        self._out.append((self.end.out.protect_rtcp(compound), SFU))

    def _answer_reference(self, data: bytes, start: int, end: int, now: float) -> None:
        reference, _ = rtcp.read_xr(data, start, end)
        if reference is not None:
            ssrc = rtcp.sender_ssrc(data[start:end])
            self._send_rtcp(rtcp.write_dlrr(self.end.peer, [(ssrc, rtcp.ntp_middle(reference), 0)]))


class Publisher(Browser):
    """Sends frames of two to eight packets, thirty a second, and keeps all of them."""

    def __init__(self, end: FarEnd, *, rtt_s: float, seed: int) -> None:
        super().__init__(end)
        self._random = random.Random(seed)
        self._rtt_s = rtt_s
        self._kept: dict[int, tuple[int, bytes]] = {}
        self._resent_at: dict[int, float] = {}
        self._rtx_seq = 0
        self.sent = 0
        self.resent = 0

    def publish(self, start: float, seconds: float) -> None:
        """Send pictures from `start` on."""
        for n in range(round(seconds / FRAME_S)):
            count = self._random.randint(2, 8)
            for i in range(count):
                self._publish_packet(n, i == count - 1, start + n * FRAME_S + i * PACKET_S)

    def _publish_packet(self, frame: int, last: bool, at: float) -> None:
        number = self.sent
        self.sent += 1
        payload = (VP8_DELTA if number else VP8_KEY) + number.to_bytes(4, "big")
        seq, rtp_ts = number & 0xFFFF, frame * 3000
        self._kept[number] = rtp_ts, payload
        self._send_at(at, self.end.plain(Slot.CAMERA, seq, rtp_ts, payload, marker=last))

    def asked(self, seqs: list[int], now: float) -> None:
        for seq in seqs:
            if now - self._resent_at.get(seq, -1.0) < self._rtt_s + GUARD_S:
                continue
            self._resent_at[seq] = now
            self.resent += 1
            self._rtx_seq += 1
            rtp_ts, payload = self._kept[seq]
            packet = self.end.plain(
                Slot.CAMERA,
                self._rtx_seq,
                rtp_ts,
                struct.pack("!H", seq) + payload,
                pt=self.line.codecs[0].rtx_pt,
                ssrc=self.line.up_rtx_ssrc,
            )
            self._send_at(now + self._random.uniform(0, PACER_S), packet)


@dataclass
class _Asked:
    at: float
    times: int


class Viewer(Browser):
    """Asks at once for what a gap skips, and again once a round trip has passed; tells arrivals.

    Keeps when each packet of the publisher came, by the number in its payload.
    """

    def __init__(self, end: FarEnd, *, rtt_s: float) -> None:
        super().__init__(end)
        self._rtt_s = rtt_s
        self._missing: dict[int, _Asked] = {}
        self._highest: int | None = None
        self._process_at = 0.0
        self._tell_at = inf
        self._untold: dict[int, float] = {}
        self._number = 1 << 16
        """The highest transport-wide number so far, unwrapped."""
        self._told = 0
        self._next_told = 0
        self.came_at: dict[int, float] = {}
        self.shift = 0
        """Sequence number of the packet whose payload has the number 0."""

    def next_timeout(self) -> float | None:
        own = self._process_at if self._missing else inf
        sending = super().next_timeout()
        at = min(own, self._tell_at, inf if sending is None else sending)
        return None if at == inf else at

    def handle_timeout(self, now: float) -> None:
        super().handle_timeout(now)
        if now >= self._tell_at:
            self._tell()
        if now >= self._process_at:
            self._process_at = now + PROCESS_S
            self._ask(
                [s for s, asked in self._missing.items() if now - asked.at >= self._rtt_s], now
            )

    def receive_datagram(self, data: bytes, addr: Address, now: float) -> None:
        super().receive_datagram(data, addr, now)
        for elements in self.end.elements:
            self._note_arrival(elements, now)
        for packet in self.end.media:
            payload, seq = packet.payload, packet.sequence_number
            if packet.ssrc == self.line.down_rtx_ssrc:
                seq, payload = struct.unpack_from("!H", payload)[0], payload[2:]
            elif packet.ssrc != self.line.down_ssrc:
                continue
            number = int.from_bytes(payload[2:6], "big")
            if not self.came_at:
                self.shift = seq - number
            self.came_at.setdefault(number, now)
            self._note(seq, now)
        self.end.forget()

    def _note_arrival(self, elements: list[tuple[int, bytes]], now: float) -> None:
        number = dict(elements).get(self.end.ids.transport_cc)
        if number is None:
            return
        if self._tell_at == inf:
            self._tell_at = now + TELL_S
        at = unwrap_seq(int.from_bytes(number, "big"), self._number)
        self._number = max(self._number, at)
        self._untold[at] = now

    def _tell(self) -> None:
        """Say which packets came since the last feedback, as one transport-cc packet."""
        self._tell_at = inf
        self._told += 1
        first = self._next_told if self._next_told else min(self._untold)
        self._next_told = max(self._untold) + 1
        seen = {number: at for number, at in self._untold.items() if number >= first}
        if seen:
            ends = self.end.peer, self.line.down_ssrc
            count = self._told & 0xFF
            self._send_rtcp(transport_cc.write(*ends, count, first, max(seen), seen))
        self._untold.clear()

    def _note(self, seq: int, now: float) -> None:
        """Log a number (far below 2¹⁶ in a run); what it skipped is asked for at once."""
        self._missing.pop(seq, None)
        if self._highest is None or seq > self._highest:
            skipped = range(self._highest + 1, seq) if self._highest is not None else range(0)
            self._highest = seq
            for number in skipped:
                self._missing[number] = _Asked(now, 0)
            self._ask(list(skipped), now)

    def _ask(self, seqs: list[int], now: float) -> None:
        for seq in seqs:
            asked = self._missing[seq]
            asked.at, asked.times = now, asked.times + 1
            if asked.times >= MAX_ASKED:
                del self._missing[seq]
        if seqs:
            self._send_rtcp(rtcp.write_nack(self.end.peer, self.line.down_ssrc, seqs))
