"""Pictures that nobody can decode yet: who is asked for a key frame, and how often."""

from __future__ import annotations

import pytest

from sfu.base.media import Slot
from sfu.relay.up.keyframe import MIN_INTERVAL_S
from sfu.rtp import rtcp
from tests.sfu.relay.contract.part import Part
from tests.sfu.relay.far_end import NTP_OFFSET, VP8_KEY, FarEnd, World, fir, make_lines

SPS, IDR, SLICE = (bytes((kind, 0x42, 0, 1)) for kind in (0x67, 0x65, 0x41))  # RFC 6184, 5.4


def pli(world: World, end: FarEnd) -> None:
    world.send_rtcp(end, rtcp.write_rr(1, []), rtcp.write_pli(1, end.line(Slot.CAMERA).down_ssrc))


class Keyframes(Part):
    """PLI and FIR."""

    def test_plis_become_one_each_300_ms(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(20), key=True)
        a.forget()
        for _ in range(60):
            pli(world, b)
            world.advance(0.01)
        assert len(a.plis()) in (2, 3)
        assert {p.media_ssrc for p in a.plis()} == {a.line(Slot.CAMERA).up_ssrc}

    def test_two_receivers_plis_within_a_round_trip_become_one(self) -> None:
        world, a, b = self.make_pair()
        c = world.join(FarEnd(3, make_lines(5000)))
        world.core.route(1, 3, world.now)
        world.picture(a, range(20), key=True)
        a.forget()
        pli(world, b)
        world.advance(0.03)
        pli(world, c)
        world.advance(0.03)
        world.picture(a, range(20, 60), key=True)
        assert len(a.plis()) == 1
        assert len(b.of(Slot.CAMERA)) == len(c.of(Slot.CAMERA)) == 60

    def test_a_lost_pli_is_said_again_until_a_key_frame_comes(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(20), key=True)
        a.forget()
        pli(world, b)
        world.picture(a, range(20, 40))  # two thirds of a second
        assert len(a.plis()) == 3
        world.picture(a, range(40, 80), key=True)
        assert len(a.plis()) == 3

    def test_a_pli_is_not_said_again_to_who_sends_no_pictures(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(20), key=True)
        a.forget()
        pli(world, b)
        world.advance(3.0)
        assert len(a.plis()) == 1

    def test_on_a_long_way_a_pli_is_given_its_round_trip(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(20), key=True)
        sent_at = rtcp.ntp64(world.now - 0.6 + NTP_OFFSET)  # the reference of a report of ours
        reply = (a.line(Slot.AUDIO).down_ssrc, rtcp.ntp_middle(sent_at), 0)
        world.send_rtcp(a, rtcp.write_rr(1, []), rtcp.write_dlrr(1, [reply]))
        assert world.core.report(1, world.now).rtt_s == pytest.approx(0.6, abs=0.001)
        a.forget()
        for _ in range(65):
            pli(world, b)
            world.advance(0.01)
        assert len(a.plis()) == 1

    def test_a_fir_is_passed_on_as_a_pli(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(20), key=True)
        a.forget()
        down = b.line(Slot.CAMERA).down_ssrc
        world.send_rtcp(b, rtcp.write_rr(1, []), fir(1, (down, 7)))
        world.advance(0.0)
        assert len(a.plis()) == 1

    def test_a_fir_said_again_asks_for_nothing_new(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(20), key=True)
        a.forget()
        down = b.line(Slot.CAMERA).down_ssrc
        for n, (command, expected) in enumerate(((255, 1), (255, 1), (0, 2)), 1):
            world.send_rtcp(b, rtcp.write_rr(1, []), fir(1, (down, command)))
            world.advance(0.0)
            world.picture(a, range(20 * n, 20 * n + 20), key=True)
            assert len(a.plis()) == expected

    def test_a_pli_through_a_closed_gate_is_not_passed_on(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(20), key=True)
        world.core.set_gate(2, False, world.now)
        a.forget()
        pli(world, b)
        world.advance(1.0)
        assert a.plis() == []

    def test_the_caller_may_ask_for_a_key_frame(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        world.core.request_keyframe(1, Slot.CAMERA, world.now)
        world.core.request_keyframe(1, Slot.AUDIO, world.now)
        world.advance(0.0)
        assert [p.media_ssrc for p in a.plis()] == [a.line(Slot.CAMERA).up_ssrc]

    def test_a_publisher_that_ignores_the_first_pli_is_asked_again(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(40))
        asked = [p for p in a.plis() if p.media_ssrc == a.line(Slot.CAMERA).up_ssrc]
        assert 4 <= len(asked) <= 6  # 1.3 s, one each 300 ms
        assert b.of(Slot.CAMERA) == []

    def test_a_key_frame_packet_that_comes_late_does_not_open_the_picture(self) -> None:
        world, a, b = self.make_pair()
        late = a.plain(Slot.CAMERA, 5, 5 * 3000, VP8_KEY)
        world.picture(a, [6, 7])
        world.send(a, late)
        assert b.of(Slot.CAMERA) == []

    def test_h264_opens_at_an_sps_and_never_at_an_idr_slice_whose_sps_is_late(self) -> None:
        world, a, b = self.make_pair()
        pt = a.line(Slot.CAMERA).codecs[1].pt

        def send(seq: int, payload: bytes) -> None:
            world.send(a, a.plain(Slot.CAMERA, seq, 90_000, payload, pt=pt))

        send(6, IDR)
        send(5, SPS)
        send(7, SLICE)
        assert b.of(Slot.CAMERA) == []
        a.forget()
        world.advance(MIN_INTERVAL_S + 0.01)
        assert a.line(Slot.CAMERA).up_ssrc in [p.media_ssrc for p in a.plis()]
        send(8, SPS)
        send(9, IDR)
        assert [p.payload for p in b.of(Slot.CAMERA)] == [SPS, IDR]
        a.forget()
        send(10, SLICE)
        world.advance(1.0)
        assert a.plis() == []
