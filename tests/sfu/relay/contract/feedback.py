"""What receivers tell of our packets, probes of their lines, and caps by REMB."""

from __future__ import annotations

import itertools
import struct

import pytest
from aiortc.rtp import RtcpPsfbPacket, RtpPacket, unpack_remb_fci

from sfu.base.media import Slot
from sfu.relay.down.padding import PADDING_BYTES
from sfu.relay.seam import FeedbackBatch
from sfu.relay.up.arrivals import INTERVAL_S
from sfu.rtp import rtcp, transport_cc
from tests.sfu.relay.contract.part import Part
from tests.sfu.relay.far_end import FarEnd, World, make_lines

COUNT = itertools.count()


def transport_cc_of(end: FarEnd, index: int) -> int:
    """Return the transport-wide number of the packet that this end got as its `index`-th."""
    value = dict(end.elements[index])[end.ids.transport_cc]
    return int(struct.unpack("!H", value)[0])


def tell(world: World, end: FarEnd, seen: dict[int, float]) -> list[FeedbackBatch]:
    """Let a receiver tell of these numbers; returns what the core makes of it."""
    data = transport_cc.write(1, 2, next(COUNT) & 0xFF, min(seen), max(seen), seen)
    world.send_rtcp(end, bytes.fromhex("80c9000100000001") + data)
    return world.core.take_feedback(end.peer)


def told(end: FarEnd) -> list[transport_cc.Feedback]:
    """Return what we told this end of the arrival of its packets."""
    found = []
    for compound in end.compounds:
        for kind, count, start, stop in rtcp.split(compound):
            if (kind, count) == (rtcp.RTPFB, rtcp.FMT_TRANSPORT_CC):
                found.append(transport_cc.read(compound, start, stop))
    return [feedback for feedback in found if feedback is not None]


def padding_of(end: FarEnd) -> list[RtpPacket]:
    return [packet for packet in end.rtx_of(Slot.SCREEN) if not packet.payload]


def rembs(end: FarEnd) -> list[tuple[int, list[int]]]:
    found = [p for p in end.rtcp() if isinstance(p, RtcpPsfbPacket) and p.fmt == 15]
    return [unpack_remb_fci(p.fci) for p in found]


class Feedback(Part):
    """Feedback batches, probes and caps."""

    def test_feedback_tells_when_each_packet_left_and_arrived_and_how_large_it_was(self) -> None:
        world, a, b = self.make_pair()
        started_at = world.now
        world.sound(a, range(5))
        numbers = [transport_cc_of(b, index) for index in range(5)]
        assert numbers == [numbers[0] + n for n in range(5)]
        seen = {number: 7.0 + 0.02 * n for n, number in enumerate(numbers) if n != 2}
        (batch,) = tell(world, b, seen)
        assert batch.sent_at == pytest.approx([started_at + 0.02 * n for n in range(5)])
        assert [at is None for at in batch.arrived_at] == [False, False, True, False, False]
        heard = [at for at in batch.arrived_at if at is not None]
        assert [at - heard[0] for at in heard] == pytest.approx([0, 0.02, 0.06, 0.08], abs=0.0003)
        assert batch.size_bytes == tuple(len(data) for data in b.raw if not 192 <= data[1] <= 223)
        assert batch.cluster == (0,) * 5
        assert batch.at == world.now

    def test_a_packet_that_arrived_is_told_once(self) -> None:
        world, a, b = self.make_pair()
        world.sound(a, range(2))
        first = transport_cc_of(b, 0)
        tell(world, b, {first: 7.0})
        (batch,) = tell(world, b, {first: 7.0, first + 1: 7.02})
        assert len(batch.sent_at) == 1

    def test_what_we_told_a_publisher_as_received_is_not_told_as_lost_for_a_late_packet(
        self,
    ) -> None:
        world, a, _ = self.make_pair()
        for batch in ((7, 9), (8, 10)):
            for number in batch:
                world.send(a, a.plain(Slot.AUDIO, number, number * 960, b"opus", cc=number))
            world.advance(2 * INTERVAL_S)
        first, second = told(a)
        assert (first.base_seq, [at is not None for at in first.arrivals]) == (
            7,
            [True, False, True],
        )
        assert second.base_seq == 8
        assert None not in second.arrivals
        assert second.arrivals[1] == first.arrivals[2]

    def test_feedback_is_taken_once_and_does_not_pile_up(self) -> None:
        world, a, b = self.make_pair()
        world.sound(a, range(100))
        for index in range(100):
            number = transport_cc_of(b, index)
            data = transport_cc.write(1, 2, index, number, number, {number: 7.0})
            world.send_rtcp(b, bytes.fromhex("80c9000100000001") + data)
        assert 1 < len(world.core.take_feedback(2)) <= 32
        assert world.core.take_feedback(2) == []

    @pytest.mark.parametrize("before", [1, 2])
    def test_feedback_is_not_read_behind_others_that_speak_of_thousands(self, before: int) -> None:
        world, a, b = self.make_pair()
        world.sound(a, [1])
        number = transport_cc_of(b, 0)
        about = transport_cc.MAX_COUNT - 1  # numbers that were never sent, in a run of one chunk
        long = struct.pack("!BBHIIHHIHxx", 0x8F, 205, 5, 1, 2, number + 1 & 0xFFFF, about, 0, about)
        true = transport_cc.write(1, 2, 0, number, number, {number: 7.0})
        world.send_rtcp(b, bytes.fromhex("80c9000100000001") + before * long + true)
        assert len(world.core.take_feedback(2)) == (before < 2)

    def test_a_probe_brings_an_idle_line_up_to_its_rate_and_ends(self) -> None:
        world, _, b = self.make_pair(gate=False)
        assert world.core.probe(2, 9, 1_000_000, 0.2, world.now)
        world.advance(1.0)
        sent_bytes = sum(len(data) for data in b.raw)
        assert sent_bytes * 8 / 0.2 == pytest.approx(1_000_000, rel=0.05)
        assert len(padding_of(b)) == pytest.approx(25_000 / (PADDING_BYTES + 36), rel=0.05)
        assert b.of(Slot.SCREEN) == [], "no decoder sees it"

    def test_what_flows_during_a_probe_counts_towards_its_rate_and_belongs_to_it(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(3), key=True)
        b.forget()
        world.core.probe(2, 9, 1_000_000, 0.2, world.now)
        for seq in range(3, 13):
            packet = a.plain(Slot.CAMERA, seq, seq * 1800, bytes((0x10, 0x01)) + bytes(1100))
            world.send(a, packet)
            world.advance(0.02)
        media_bytes = sum(len(data) for data in b.raw if len(data) > 1000)
        assert media_bytes > 10_000
        assert sum(len(data) for data in b.raw) * 8 / 0.2 == pytest.approx(1_000_000, rel=0.1)
        numbers = [transport_cc_of(b, index) for index in range(len(b.media))]
        batches = tell(world, b, {number: 7.0 for number in numbers})
        assert {cluster for batch in batches for cluster in batch.cluster} == {9}
        world.advance(0.01)
        world.picture(a, [13])
        (batch,) = tell(world, b, {transport_cc_of(b, len(b.media) - 1): 8.0})
        assert batch.cluster == (0,)

    def test_a_late_timer_does_not_turn_a_probe_into_a_burst(self) -> None:
        world, _, b = self.make_pair(gate=False)
        world.core.probe(2, 9, 2_500_000, 0.2, world.now)
        world.now += 0.15
        world.core.handle_timeout(world.now)
        world.drain()
        assert 0 < len(padding_of(b)) <= 24

    def test_a_receiver_without_retransmissions_or_address_is_not_probed(self) -> None:
        world, _, _ = self.make_pair(rtx=False)
        assert not world.core.probe(2, 9, 1_000_000, 0.2, world.now)
        world, _, _ = self.make_pair()
        world.core.set_address(2, None)
        assert not world.core.probe(2, 9, 1_000_000, 0.2, world.now)

    def test_a_publisher_without_our_page_is_capped_by_remb_until_that_ends(self) -> None:
        world = self.make_world()
        a = world.join(FarEnd(1, make_lines(1000)))
        world.core.cap(1, 1_234_567, world.now)
        world.advance(2.5)
        told = rembs(a)
        assert len(told) == 3, "at once, then with the reports"
        for bitrate_bps, ssrcs in told:
            assert bitrate_bps == pytest.approx(1_234_567, rel=1e-4)
            assert ssrcs == [a.line(slot).up_ssrc for slot in (Slot.CAMERA, Slot.SCREEN)]
        a.forget()
        world.core.cap(1, None, world.now)
        world.advance(2.5)
        assert rembs(a) == []
