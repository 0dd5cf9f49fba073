"""Samples: what is told once of what came from a publisher, for who measures its line."""

from __future__ import annotations

import pytest

from sfu.base.media import Slot
from sfu.rtp import rtcp
from tests.sfu.relay.contract.part import Part
from tests.sfu.relay.far_end import NTP_OFFSET, VP8_DELTA, VP8_KEY, rtx_of


class Samples(Part):
    """Each is taken out by the call that tells it."""

    def test_an_intake_tells_the_least_delay_of_sound_since_the_last(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        assert world.core.take_intake(1) == (0, 0, 0, None, ())
        world.sound(a, range(1, 4))
        first = world.core.take_intake(1)
        assert (first.expected, first.received) == (3, 3)
        assert first.size_bytes == world.core.report(1, world.now).bytes_received
        world.advance(0.08)  # a queue of 80 ms
        world.sound(a, range(4, 7))
        waited = world.core.take_intake(1)
        assert first.sound_delay_s is not None
        assert waited.sound_delay_s == pytest.approx(first.sound_delay_s + 0.08)
        world.send(a, a.plain(Slot.CAMERA, 1, 3000, VP8_KEY))
        assert world.core.take_intake(1).sound_delay_s is None
        world.sound(a, [8])
        assert world.core.take_intake(1)[1:3] == (9, 8)

    def test_an_intake_tells_how_the_line_spaced_the_packets_of_a_picture(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        for seq in (1, 2, 3):
            world.send(a, a.plain(Slot.SCREEN, seq, 3000, VP8_DELTA))
            world.advance(0.01)
        world.sound(a, [1])
        ((_, span_s, wire_bytes),) = world.core.take_intake(1).trains
        assert span_s == pytest.approx(0.02)
        size = world.core.report(1, world.now).tracks[Slot.SCREEN].bytes_received / 3
        assert wire_bytes == 2 * (size + 28)
        assert world.core.take_intake(1).trains == ()

    def test_an_intake_tells_what_came_while_a_packet_of_sound_waited(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        world.sound(a, range(1, 4))
        world.core.take_intake(1)
        world.advance(0.05)
        for seq in (1, 3, 5):
            world.send(a, a.plain(Slot.CAMERA, seq, 3000 * seq, VP8_DELTA))
            world.advance(0.01)
        world.sound(a, [4])
        assert [round(span_s, 6) for _, span_s, _ in world.core.take_intake(1).trains] == [0.03]

    def test_trains_are_told_while_the_gate_is_closed_and_in_a_call_where_asked_for(self) -> None:
        world, a, _ = self.make_pair()
        numbers = iter(range(1, 20))

        def picture() -> int:
            for _ in range(3):
                world.send(a, a.plain(Slot.SCREEN, next(numbers), 3000, VP8_DELTA))
            world.sound(a, [next(numbers)])
            return len(world.core.take_intake(1).trains)

        assert picture() == 0
        world.core.time_packets(1, True)
        assert picture() == 1
        world.core.time_packets(1, False)
        assert picture() == 0
        world.core.set_gate(1, False, world.now)
        world.core.time_packets(1, False)
        assert picture() == 1

    def test_a_repair_between_two_packets_of_a_picture_parts_them(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        world.send(a, a.plain(Slot.SCREEN, 1, 3000, VP8_DELTA))
        world.send(a, rtx_of(a, Slot.CAMERA, 1, 1, 3000, VP8_DELTA))
        world.send(a, a.plain(Slot.SCREEN, 2, 3000, VP8_DELTA))
        world.sound(a, [1])
        assert world.core.take_intake(1).trains == ()

    def test_sound_and_pictures_are_told_frame_by_frame_and_once(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        assert world.core.take_received(1) == ((), (), (), 0.0)
        world.sound(a, range(1, 4))
        world.advance(0.08)  # a queue of 80 ms
        world.sound(a, [4])
        delays = world.core.take_received(1).sound_delays_s
        assert len(delays) == 4
        assert delays[3] - delays[2] == pytest.approx(0.08)
        assert world.core.take_received(1) == ((), (), (), 0.0)
        world.send(a, a.plain(Slot.CAMERA, 1, 3000, VP8_KEY))
        first_at = world.now
        world.send(a, a.plain(Slot.CAMERA, 2, 3000, bytes(500)))  # of the same picture
        world.advance(0.1)
        world.send(a, a.plain(Slot.CAMERA, 3, 12_000, bytes(100)))
        pictures = world.core.take_received(1).pictures
        assert [at for at, _ in pictures] == [first_at, world.now]
        assert 600 < pictures[1][1] < 700  # all since the first packet of the one before

    def test_round_trips_are_told_as_they_were_measured_and_once(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        ours = a.line(Slot.AUDIO).down_ssrc
        for rtt_s in (0.2, 0.05):
            sent = rtcp.ntp_middle(rtcp.ntp64(world.now - rtt_s + NTP_OFFSET))
            world.send_rtcp(a, rtcp.write_rr(1, []), rtcp.write_dlrr(1, [(ours, sent, 0)]))
        assert world.core.take_received(1).rtts_s == pytest.approx((0.2, 0.05), abs=0.001)
        assert world.core.take_received(1).rtts_s == ()

    def test_the_longest_gap_in_the_sound_is_told_once(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        world.sound(a, [*range(1, 20), 21, *range(27, 60)])
        assert world.core.take_received(1).sound_gap_s == pytest.approx(0.1)
        world.sound(a, range(60, 110))
        assert world.core.take_received(1).sound_gap_s == 0.0

    def test_what_nobody_takes_is_bounded(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        world.sound(a, range(400))
        assert len(world.core.take_received(1).sound_delays_s) == 256
