"""RTCP in: what a peer's decrypted compound says, written into its leg and its tracks."""

from __future__ import annotations

from math import inf

from sfu.relay.down.cache import resend_gap_s
from sfu.relay.down.track import DownTrack
from sfu.relay.leg import Leg
from sfu.relay.up.track import UpTrack
from sfu.rtp import rtcp, transport_cc

MAX_RESENT = 64
"""Packets resent for one compound: more at once only makes the queue that lost them longer."""
MAX_TOLD = transport_cc.MAX_COUNT
"""Packets that feedback in one compound may speak of before no more of it is read: fifty feedbacks
of 24 bytes about 4,096 each took 23 ms, in which nobody was served."""

FEW_LOST = 3
"""As many at once were lost at random: each is resent twice, as the resend may be lost too and a
second asking takes another round trip. More at once did not fit a queue, and would again not.
So few missing in one feedback are resent without being asked, once, unless they were resent before:
browsers say a NACK once in a round trip, and it may be lost as well. The NACK that is not lost
comes first, as a rule: it leaves at once, feedback each 60 ms."""


class Inbox:
    """Reads compounds. Collects what the core must do about them; emptied by the core each time."""

    __slots__ = ("asked_keyframes", "new_sender_infos", "resends")

    def __init__(self) -> None:
        self.resends: list[bytes] = []
        """Protected packets to send again to the peer that was read."""
        self.asked_keyframes: list[UpTrack] = []
        """Tracks whose publisher shall be asked for a key frame."""
        self.new_sender_infos: list[UpTrack] = []
        """Tracks whose publisher told its NTP–RTP relation for the first time."""

    def read(self, leg: Leg, data: bytes, now: float, ntp: int) -> None:
        """Read one compound; what is malformed or not for us is passed over.

        Args:
            ntp: Present NTP timestamp of our clock.
        """
        self.resends = []
        self.asked_keyframes = []
        self.new_sender_infos = []
        told = 0
        for kind, count, start, end in rtcp.split(data):
            if kind in (rtcp.SR, rtcp.RR):
                if kind == rtcp.SR:
                    self._read_sender_info(leg, data, start, end, now)
                for block in rtcp.read_report_blocks(data, kind, count, start, end):
                    _read_report_block(leg, block, now)
            elif kind == rtcp.RTPFB and count == rtcp.FMT_NACK:
                self._read_nack(leg, data, start, end, now)
            elif kind == rtcp.RTPFB and count == rtcp.FMT_TRANSPORT_CC:
                if told < MAX_TOLD:
                    told += self._read_transport_cc(leg, data, start, end, now)
            elif kind == rtcp.PSFB and count in (rtcp.FMT_PLI, rtcp.FMT_FIR):
                self._read_keyframe_request(leg, data, count, start, end)
            elif kind == rtcp.BYE:
                _read_bye(leg, data, count, start, end)
            elif kind == rtcp.XR:
                _read_xr(leg, data, start, end, now, ntp)

    def _read_sender_info(self, leg: Leg, data: bytes, start: int, end: int, now: float) -> None:
        info = rtcp.read_sender_info(data, start, end)
        up = leg.up_by_ssrc.get(info.ssrc) if info is not None else None
        if info is None or up is None or up.ssrc != info.ssrc or not info.ntp:
            return
        if up.sender_info is None:
            self.new_sender_infos.append(up)
        up.sender_info = info
        up.sender_info_at = now

    def _read_nack(self, leg: Leg, data: bytes, start: int, end: int, now: float) -> None:
        media_ssrc, seqs = rtcp.read_nack(data, start, end)
        down = leg.down_by_ssrc.get(media_ssrc)
        if down is None or not down.flowing:
            return
        down.nacks_received += 1
        copies = 2 if len(seqs) <= FEW_LOST else 1
        self._resend(leg, down, seqs, copies, resend_gap_s(leg.rtt_s), now)

    def _read_transport_cc(self, leg: Leg, data: bytes, start: int, end: int, now: float) -> int:
        """Return of how many packets it speaks."""
        feedback = transport_cc.read(data, start, end)
        if feedback is None:
            return 0
        batch, missing = leg.departures.match(feedback, now)
        if batch is not None:
            leg.feedback.append(batch)
        if batch is not None and batch.arrived_at.count(None) <= FEW_LOST:
            for origin in missing:
                down, seq = leg.origin(origin)
                if down.flowing:
                    self._resend(leg, down, [seq], 1, inf, now)
        return len(feedback.arrivals)

    def _resend(
        self, leg: Leg, down: DownTrack, seqs: list[int], copies: int, gap_s: float, now: float
    ) -> None:
        """Collect what is to be sent again, within what may be (see `DownTrack.resend`)."""
        budget = leg.resend_budget
        budget.earn(leg.bytes_forwarded)
        for seq in seqs:
            if len(self.resends) >= MAX_RESENT or budget.is_spent:
                return
            resent = down.resend(seq, now, gap_s, copies)
            budget.spend(sum(map(len, resent)))
            self.resends += resent

    def _read_keyframe_request(self, leg: Leg, data: bytes, fmt: int, start: int, end: int) -> None:
        for ssrc, command in rtcp.read_keyframe_requests(data, fmt, start, end):
            down = leg.down_by_ssrc.get(ssrc)
            if down is None or not down.flowing or down.source is None:
                continue
            if command is not None and command == down.far_command:
                continue  # the same request, said again (RFC 5104, 4.3.1.2)
            down.far_command = command
            down.keyframe_requests_received += 1
            if down.source not in self.asked_keyframes:
                self.asked_keyframes.append(down.source)


def _read_report_block(leg: Leg, block: rtcp.ReportBlock, now: float) -> None:
    down = leg.down_by_ssrc.get(block.ssrc)
    if down is None:
        return
    down.note_reception(block, now)
    if block.lsr:
        leg.note_echo(block.lsr, block.dlsr, now)


def _read_bye(leg: Leg, data: bytes, count: int, start: int, end: int) -> None:
    for ssrc in rtcp.read_bye(data, count, start, end):
        up = leg.up_by_ssrc.get(ssrc)
        if up is not None and up.ssrc == ssrc:
            up.left()


def _read_xr(leg: Leg, data: bytes, start: int, end: int, now: float, ntp: int) -> None:
    reference, replies = rtcp.read_xr(data, start, end)
    if reference is not None:
        leg.peer_reference = (rtcp.sender_ssrc(data[start:end]), rtcp.ntp_middle(reference), now)
    for ssrc, lrr, dlrr in replies:
        if ssrc == leg.ssrc and (rtt_s := rtcp.round_trip_s(ntp, lrr, dlrr)) is not None:
            leg.note_rtt(rtt_s, now - dlrr / 65536)
