"""Reports: what publishers learn of their line, receivers of time, and we of round trips."""

from __future__ import annotations

from itertools import pairwise

import pytest
from aiortc.rtp import RtcpByePacket, RtcpRrPacket, RtcpSdesPacket

from sfu.base.media import Slot
from sfu.relay.down.track import FAR_FADE_S, FAR_FRESH_S
from sfu.rtp import rtcp, transport_cc
from sfu.rtp.rtcp import ReportBlock, SenderInfo
from tests.sfu.relay.contract.part import Part
from tests.sfu.relay.far_end import (
    NTP_OFFSET,
    VP8_DELTA,
    VP8_KEY,
    FarEnd,
    bye,
    make_lines,
    sender_report,
)


def _references(end: FarEnd) -> list[int]:
    found = []
    for compound in end.compounds:
        for kind, _, start, stop in rtcp.split(compound):
            if kind == rtcp.XR and (ntp := rtcp.read_xr(compound, start, stop)[0]) is not None:
                found.append(ntp)
    return found


class Reports(Part):
    """SR, RR, SDES, BYE, XR and transport-cc feedback."""

    def test_a_publisher_reads_its_loss_and_highest_number(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        world.advance(0.1)
        a.forget()
        world.sound(a, [seq for seq in range(65_530, 65_580) if seq % 5])
        world.advance(1.0)
        ssrc, fraction, lost, highest = a.report_blocks()[0]
        assert ssrc == a.line(Slot.AUDIO).up_ssrc
        assert (lost, highest) == (9, 65_579)  # the first of them was never known
        assert fraction == pytest.approx(9 / 49 * 256, abs=2)

    def test_signs_say_when_sound_pictures_and_anything_last_came(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        assert world.core.activity(1)[:3] == (None, None, None)
        world.send(a, a.plain(Slot.AUDIO, 1, 960, b"opus"))
        sound_at = world.now
        world.advance(0.5)
        world.send(a, a.plain(Slot.CAMERA, 1, 3000, VP8_KEY))
        world.advance(0.5)
        world.send(a, a.plain(Slot.SCREEN, 1, 3000, VP8_KEY))
        picture_at = world.now
        world.advance(0.5)
        world.send_rtcp(a, rtcp.write_rr(a.peer, []))
        assert world.core.activity(1)[:3] == (world.now, sound_at, picture_at)
        assert world.core.activity(1).rtt_s == world.core.report(1, world.now).rtt_s

    def test_a_silent_publisher_gets_no_stale_blocks(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        world.sound(a, range(10))
        world.advance(2.0)
        a.forget()
        world.advance(3.0)
        assert a.report_blocks() == []

    def test_loss_of_sound_on_the_way_on_is_told_to_its_publisher_but_not_counted_as_its_own(
        self,
    ) -> None:
        world, a, b = self.make_pair()
        world.sound(a, range(10))
        down = b.line(Slot.AUDIO).down_ssrc
        world.send_rtcp(b, rtcp.write_rr(1, [ReportBlock(down, 64, 10, 1, 0)]))
        a.forget()
        world.sound(a, range(10, 80))
        fractions = [fraction for _, fraction, _, _ in a.report_blocks()]
        assert fractions == [64] * len(fractions)
        assert fractions
        assert {lost for _, _, lost, _ in a.report_blocks()} == {0}
        assert world.core.report(1, world.now).tracks[Slot.AUDIO].lost == 0
        assert world.core.report(2, world.now).tracks[Slot.AUDIO].down_loss_ratio == 0.25

    def test_loss_on_the_way_on_fades_when_its_receiver_reports_no_more(self) -> None:
        world, a, b = self.make_pair()
        world.sound(a, range(10))
        down = b.line(Slot.AUDIO).down_ssrc
        world.send_rtcp(b, rtcp.write_rr(1, [ReportBlock(down, 128, 10, 1, 0)]))
        world.sound(a, range(10, 1000))
        told = [fraction for _, fraction, _, _ in a.report_blocks()][1:]
        fresh = round(FAR_FRESH_S)
        assert told[: fresh - 1] == [128] * (fresh - 1)
        assert told == sorted(told, reverse=True)
        assert 0 < told[fresh + round(FAR_FADE_S / 2)] < 100
        assert told[-2:] == [0, 0]
        assert world.core.report(2, world.now).tracks[Slot.AUDIO].down_loss_ratio == 0.0

    def test_a_stream_that_said_goodbye_is_reported_no_more(self) -> None:
        world, a, b = self.make_pair()
        world.sound(a, range(3))
        sender_report(world, a, Slot.AUDIO, 1000.0, 0)
        world.advance(1.5)
        assert b.sender_reports()
        world.send_rtcp(a, rtcp.write_rr(1, []), bye(a, Slot.AUDIO))
        b.forget()
        world.advance(3.0)
        assert b.sender_reports() == []

    def test_who_is_let_go_reads_that_all_our_streams_leave(self) -> None:
        world, a, b = self.make_pair()
        world.sound(a, range(3))
        b.forget()
        world.core.remove_peer(2, world.now)
        world.drain()
        (goodbye,) = (p for p in b.rtcp() if isinstance(p, RtcpByePacket))
        assert goodbye.sources == [line.down_ssrc for line in b.lines]
        assert [kind for kind, _, _, _ in rtcp.split(b.compounds[-1])] == [
            rtcp.RR,
            rtcp.SDES,
            rtcp.BYE,
        ]

    def test_no_sender_report_before_the_publishers_first(self) -> None:
        world, a, b = self.make_pair()
        world.sound(a, range(100))
        assert b.sender_reports() == []
        sender_report(world, a, Slot.AUDIO, 1000.0, 100 * 960)
        world.advance(0.0)
        assert len(b.sender_reports()) == 1

    def test_sender_reports_keep_sound_and_picture_together(self) -> None:
        """A sound and a picture that were captured at one instant say so at the receiver too."""
        world, a, b = self.make_pair()
        world.sound(a, range(10))
        world.picture(a, range(500, 510), key=True)
        clock = 5_000_000.0  # the publisher's own idea of UTC, far from ours
        sender_report(world, a, Slot.AUDIO, clock, 9 * 960)
        sender_report(world, a, Slot.CAMERA, clock + 0.25, 509 * 3000)
        world.advance(4.0)
        for slot, clock_hz, at in (
            (Slot.AUDIO, 48_000, clock),
            (Slot.CAMERA, 90_000, clock + 0.25),
        ):
            last = b.of(slot)[-1]  # the packet whose timestamp the publisher's report named
            reports = [p for p in b.sender_reports() if p.ssrc == last.ssrc]
            assert len(reports) >= 4
            for report in reports:
                info = report.sender_info
                ahead = ((info.rtp_timestamp - last.timestamp + 2**31) % 2**32 - 2**31) / clock_hz
                said = info.ntp_timestamp / 2**32 - rtcp.NTP_EPOCH_S
                assert said - ahead == pytest.approx(at, abs=0.001)
                assert info.packet_count == 10

    def test_sound_and_picture_have_one_name(self) -> None:
        world, a, b = self.make_pair()
        world.sound(a, range(3))
        world.picture(a, range(3), key=True)
        sender_report(world, a, Slot.AUDIO, 1000.0, 0)
        sender_report(world, a, Slot.CAMERA, 1000.0, 0)
        world.advance(2.0)
        names = {
            chunk.ssrc: {value for kind, value in chunk.items if kind == 1}
            for p in b.rtcp()
            if isinstance(p, RtcpSdesPacket)
            for chunk in p.chunks
        }
        wanted = {b.line(Slot.AUDIO).down_ssrc, b.line(Slot.CAMERA).down_ssrc}
        assert wanted <= set(names)
        assert len(set.union(*names.values())) == 1

    def test_a_new_publisher_is_not_reported_with_the_old_ones_clock(self) -> None:
        world, a, b = self.make_pair()
        world.sound(a, range(3))
        sender_report(world, a, Slot.AUDIO, 1000.0, 0)
        world.core.remove_peer(1, world.now)
        again = world.join(FarEnd(3, make_lines(5000)))
        world.core.route(3, 2, world.now)
        b.forget()
        world.sound(again, range(100))
        assert b.sender_reports() == []
        sender_report(world, again, Slot.AUDIO, 2000.0, 100 * 960)
        world.advance(0.0)
        (report,) = b.sender_reports()
        ahead = (report.sender_info.rtp_timestamp - b.of(Slot.AUDIO)[-1].timestamp) & 0xFFFFFFFF
        assert ahead == 960
        assert report.sender_info.ntp_timestamp >> 32 == 2000 + rtcp.NTP_EPOCH_S

    def test_a_new_stream_is_not_reported_before_it_is_sent_on(self) -> None:
        """The same publisher on another SSRC: its clock does not fit the old one's timestamps."""
        world, a, b = self.make_pair()
        world.picture(a, range(3), key=True)
        world.send(a, a.plain(Slot.CAMERA, 1, 0, VP8_DELTA, ssrc=8, mid="1"))
        info = SenderInfo(8, rtcp.ntp64(2000.0), 0, 1, 1)
        world.send_rtcp(a, rtcp.write_sr(info))
        world.advance(1.5)
        assert b.sender_reports() == []
        world.send(a, a.plain(Slot.CAMERA, 2, 3000, VP8_KEY, ssrc=8))
        world.advance(0.2)
        assert len(b.sender_reports()) == 1

    def test_the_round_trip_is_read_from_a_dlrr(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        world.advance(0.0)
        (reference,) = _references(a)
        world.advance(0.08)
        world.send_rtcp(
            a,
            rtcp.write_rr(1, []),
            rtcp.write_dlrr(1, [(a.line(Slot.AUDIO).down_ssrc, rtcp.ntp_middle(reference), 0)]),
        )
        assert world.core.report(1, world.now).rtt_s == pytest.approx(0.08, abs=0.001)
        assert reference >> 32 == int(100 + NTP_OFFSET) + rtcp.NTP_EPOCH_S

    def test_references_leave_once_a_second(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        world.advance(9.5)
        assert len(_references(a)) == 10

    def test_the_peers_own_reference_is_answered_with_its_delay(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        world.advance(0.5)
        world.send_rtcp(a, rtcp.write_rr(77, []), rtcp.write_rrtr(77, 0x1234_5678_9ABC_DEF0))
        world.advance(1.0)
        replies = [
            reply
            for compound in a.compounds
            for kind, _, start, stop in rtcp.split(compound)
            if kind == rtcp.XR
            for reply in rtcp.read_xr(compound, start, stop)[1]
        ]
        ((ssrc, middle, delay),) = replies
        assert (ssrc, middle) == (77, 0x5678_9ABC)
        assert delay == pytest.approx(0.5 * 65536, abs=2)

    def test_the_round_trip_is_read_from_the_echo_of_a_sender_report(self) -> None:
        world, a, b = self.make_pair()
        world.sound(a, range(3))
        sender_report(world, a, Slot.AUDIO, 1000.0, 0)
        world.advance(0.0)
        lsr = rtcp.ntp_middle(b.sender_reports()[0].sender_info.ntp_timestamp)
        world.advance(0.15)
        down = b.line(Slot.AUDIO).down_ssrc
        block = ReportBlock(down, 0, 0, 1, 0, lsr=lsr, dlsr=int(0.03 * 65536))
        world.send_rtcp(b, rtcp.write_rr(1, [block]))
        assert world.core.report(2, world.now).rtt_s == pytest.approx(0.12, abs=0.001)

    def test_publishers_reports_are_echoed_with_their_delay(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        world.sound(a, range(3))
        sender_report(world, a, Slot.AUDIO, 1000.0, 0)
        world.sound(a, range(3, 60))
        blocks = [
            (block.lsr, block.dlsr)
            for p in a.rtcp()
            if isinstance(p, RtcpRrPacket)
            for block in p.reports
            if block.lsr
        ]
        assert blocks[0][0] == rtcp.ntp_middle(rtcp.ntp64(1000.0))
        assert 0 < blocks[0][1] / 65536 < 1.0

    def test_transport_cc_feedback_tells_every_arrival(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        lost = {7, 8, 30}
        arrived: dict[int, float] = {}
        for n in range(100):
            number = (65_500 + n) & 0xFFFF
            if n not in lost:
                world.send(a, a.plain(Slot.CAMERA, n, n * 3000, VP8_KEY, cc=number))
                arrived[number] = world.now
            world.advance(0.01)
        world.advance(0.1)
        told: dict[int, float | None] = {}
        counts = []
        for compound in a.compounds:
            for kind, fmt, start, stop in rtcp.split(compound):
                if (kind, fmt) == (rtcp.RTPFB, rtcp.FMT_TRANSPORT_CC):
                    feedback = transport_cc.read(compound, start, stop)
                    assert feedback is not None
                    counts.append(feedback.feedback_count)
                    for i, at in enumerate(feedback.arrivals):
                        told[(feedback.base_seq + i) & 0xFFFF] = at
        assert {number for number, at in told.items() if at is not None} == set(arrived)
        assert {number for number, at in told.items() if at is None} == {
            (65_500 + n) & 0xFFFF for n in lost
        }
        assert len(counts) == pytest.approx(1.0 / 0.065, abs=3)
        assert counts == list(range(counts[0], counts[0] + len(counts)))
        shift = {round(arrived[number] - at, 3) for number, at in told.items() if at is not None}
        assert len(shift) <= 2  # one clock, to the rounding

    def test_no_transport_cc_feedback_without_the_extension(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        world.sound(a, range(50))
        assert all(
            (kind, fmt) != (rtcp.RTPFB, rtcp.FMT_TRANSPORT_CC)
            for compound in a.compounds
            for kind, fmt, _, _ in rtcp.split(compound)
        )

    def test_every_compound_begins_with_a_report_and_names_its_sender(self) -> None:
        world, a, b = self.make_pair()
        world.sound(a, range(100))
        world.picture(a, [1, 2, 5, 6, 9], key=True)
        sender_report(world, a, Slot.AUDIO, 1000.0, 0)
        world.advance(1.0)
        for compound in a.compounds + b.compounds:
            kinds = [kind for kind, _, _, _ in rtcp.split(compound)]
            assert kinds[0] in (rtcp.SR, rtcp.RR)
            assert rtcp.SDES in kinds

    def test_a_silent_peer_gets_a_packet_each_200_ms(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        world.advance(5.0)
        gaps = [q - p for p, q in pairwise(a.received_at)]
        assert len(gaps) > 24
        assert max(gaps) <= 0.2
