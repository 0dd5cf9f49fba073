"""Loss on the way in: what the publisher is asked for again, and what its answer becomes."""

from __future__ import annotations

import pytest

from sfu.base.media import Slot
from sfu.base.stats import DropReason
from sfu.relay.up.nack import MAX_SAID
from sfu.rtp import rtcp
from tests.sfu.relay.contract.part import Part
from tests.sfu.relay.far_end import VP8_DELTA, VP8_KEY, FarEnd, World, bye, rtx_of


def frame(end: FarEnd, seq: int, payload: bytes = VP8_DELTA) -> bytes:
    return end.plain(Slot.CAMERA, seq, seq * 3000, payload + b"%d" % seq)


class Asking(Part):
    """NACKs to the publisher and its retransmissions."""

    def test_a_gap_is_asked_for_at_once(self) -> None:
        world, a, _ = self.make_pair()
        world.send(a, frame(a, 1, VP8_KEY), frame(a, 3))
        world.advance(0.0)
        (asked,) = a.nacks()
        assert asked.media_ssrc == a.line(Slot.CAMERA).up_ssrc
        assert asked.lost == [2]

    def test_on_a_line_that_reorders_a_gap_gets_time_to_close_by_itself(self) -> None:
        world, a, _ = self.make_pair()
        world.send(a, frame(a, 1, VP8_KEY), frame(a, 3))
        world.advance(0.006)
        world.send(a, frame(a, 2))
        world.advance(0.5)
        a.forget()
        world.send(a, frame(a, 4), frame(a, 6))
        world.advance(0.008)
        assert a.nacks() == []
        world.advance(0.002)
        assert [p.lost for p in a.nacks()] == [[5]]

    def test_reordering_by_one_packet_is_not_asked_for(self) -> None:
        world, a, _ = self.make_pair()
        world.send(a, frame(a, 1, VP8_KEY), frame(a, 3), frame(a, 2), frame(a, 4), frame(a, 5))
        world.advance(0.5)
        assert a.nacks() == []

    def test_asking_is_repeated_a_few_times_and_then_given_up(self) -> None:
        world, a, _ = self.make_pair()
        world.send(a, frame(a, 1, VP8_KEY), frame(a, 3), frame(a, 4))
        world.advance(3.0)
        assert [p.lost for p in a.nacks()] == [[2]] * MAX_SAID

    def test_many_gaps_fit_one_nack_in_order(self) -> None:
        world, a, _ = self.make_pair()
        kept = [1, 3, 4, 20, 65, 66, 67]
        world.send(a, frame(a, 1, VP8_KEY), *(frame(a, seq) for seq in kept[1:]))
        world.advance(0.025)
        lost = [seq for p in a.nacks() for seq in p.lost]
        assert sorted(set(lost)) == sorted(set(range(1, 68)) - set(kept))

    def test_an_outage_is_answered_by_a_key_frame_request_instead_of_nacks(self) -> None:
        world, a, _ = self.make_pair()
        world.send(a, frame(a, 1, VP8_KEY))
        world.advance(0.4)
        a.forget()
        world.send(a, frame(a, 900), frame(a, 901), frame(a, 902))
        world.advance(0.1)
        assert a.nacks() == []
        assert len(a.plis()) == 1

    def test_nothing_is_asked_for_while_the_gate_is_closed(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        world.send(a, frame(a, 1, VP8_KEY), frame(a, 3), frame(a, 4))
        world.advance(1.0)
        world.send(a, frame(a, 900))
        world.advance(1.0)
        assert a.nacks() == []
        assert a.plis() == []
        assert world.core.report(1, world.now).tracks[Slot.CAMERA].lost == 896

    def test_a_publishers_retransmission_becomes_the_packet_it_carries(self) -> None:
        world, a, b = self.make_pair()
        world.send(a, frame(a, 1, VP8_KEY), frame(a, 3), frame(a, 4))
        world.advance(0.03)
        world.send(a, rtx_of(a, Slot.CAMERA, 700, 2, 6000, VP8_DELTA + b"2"))
        got = b.of(Slot.CAMERA)
        first = got[0].sequence_number
        assert [p.sequence_number - first for p in got] == [0, 2, 3, 1]
        assert got[3].payload == VP8_DELTA + b"2"
        assert got[3].timestamp - got[0].timestamp & 0xFFFFFFFF == 3000
        track = world.core.report(1, world.now).tracks[Slot.CAMERA]
        assert (track.lost, track.recovered) == (0, 1)
        a.forget()
        world.advance(1.0)
        assert a.nacks() == []

    def test_an_original_after_its_retransmission_is_a_duplicate(self) -> None:
        world, a, b = self.make_pair()
        world.send(a, frame(a, 1, VP8_KEY), frame(a, 3))
        world.send(a, rtx_of(a, Slot.CAMERA, 700, 2, 6000, VP8_DELTA))
        world.send(a, frame(a, 2))
        world.send(a, rtx_of(a, Slot.CAMERA, 701, 3, 9000, VP8_DELTA))
        assert len(b.of(Slot.CAMERA)) == 3
        assert world.dropped() == {DropReason.DUPLICATE: 2}

    @pytest.mark.parametrize("payload", [b"", b"\x00"])
    def test_padding_on_the_retransmission_stream_goes_no_further(self, payload: bytes) -> None:
        world, a, b = self.make_pair()
        world.send(a, frame(a, 1, VP8_KEY))
        line = a.line(Slot.CAMERA)
        world.send(
            a, a.plain(Slot.CAMERA, 9, 0, payload, pt=line.codecs[0].rtx_pt, ssrc=line.up_rtx_ssrc)
        )
        assert len(b.media) == 1
        assert world.dropped() == {}

    def test_sound_is_asked_for_where_nack_is_negotiated(self) -> None:
        for negotiated in (True, False):
            world, a, b = self.make_pair(audio_nack=negotiated)
            world.sound(a, [1, 2, 4])
            lost = [(p.media_ssrc, p.lost) for p in a.nacks()[:1]]
            assert lost == [(a.line(Slot.AUDIO).up_ssrc, [3])] * negotiated
            world.send(a, a.plain(Slot.AUDIO, 3, 3 * 960, b"late"))
            assert b.of(Slot.AUDIO)[-1].payload == b"late"
            a.forget()
            world.advance(1.0)
            assert a.nacks() == []

    def test_nothing_is_asked_of_a_stream_that_said_goodbye(self) -> None:
        world, a, _ = self.make_pair()
        world.send(a, frame(a, 1, VP8_KEY), frame(a, 3))
        world.send_rtcp(a, rtcp.write_rr(1, []), bye(a, Slot.CAMERA))
        world.advance(1.0)
        assert a.nacks() == []

    def test_a_stream_that_comes_back_after_its_goodbye_goes_on(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(3), key=True)
        world.send_rtcp(a, rtcp.write_rr(1, []), bye(a, Slot.CAMERA))
        world.advance(2.0)
        world.picture(a, [3, 5], key=True)
        assert [p.payload[-1:] for p in b.of(Slot.CAMERA)] == [b"0", b"1", b"2", b"3", b"5"]
        assert [p.lost for p in a.nacks()[:1]] == [[4]]

    def make_full(self) -> tuple[World, FarEnd]:
        """Make a publisher that has been answered its first key frame and has a full line."""
        world, a, _ = self.make_pair(audio_nack=True)
        world.send(a, frame(a, 1, VP8_KEY))
        world.advance(0.1)
        a.forget()
        world.core.repair(1, False, world.now)
        return world, a

    def test_while_a_line_is_full_no_picture_is_asked_for_and_sound_is(self) -> None:
        world, a = self.make_full()
        world.send(a, frame(a, 2), frame(a, 4))
        world.send(a, a.plain(Slot.AUDIO, 1, 960, b"opus"), a.plain(Slot.AUDIO, 3, 2880, b"opus"))
        world.advance(0.5)
        assert {p.media_ssrc for p in a.nacks()} == {a.line(Slot.AUDIO).up_ssrc}
        assert a.plis() == []

    def test_what_was_missed_while_a_line_was_full_a_key_frame_mends(self) -> None:
        world, a = self.make_full()
        world.send(a, frame(a, 2), frame(a, 4))
        world.core.repair(1, True, world.now)
        world.advance(0.1)
        assert [p.media_ssrc for p in a.plis()] == [a.line(Slot.CAMERA).up_ssrc]
        assert a.nacks() == []
        world.send(a, frame(a, 5, VP8_KEY), frame(a, 7))
        world.advance(0.05)
        assert {seq for p in a.nacks() for seq in p.lost} == {6}

    def test_what_was_being_asked_for_when_a_line_filled_a_key_frame_mends(self) -> None:
        world, a = self.make_full()
        world.core.repair(1, True, world.now)
        world.send(a, frame(a, 2), frame(a, 4))
        world.core.repair(1, False, world.now)
        world.core.repair(1, True, world.now)
        world.advance(0.1)
        assert [p.media_ssrc for p in a.plis()] == [a.line(Slot.CAMERA).up_ssrc]
        assert a.nacks() == []

    def test_a_full_line_that_missed_nothing_costs_no_key_frame(self) -> None:
        world, a = self.make_full()
        world.send(a, frame(a, 2), frame(a, 3))
        world.core.repair(1, True, world.now)
        world.advance(0.5)
        assert a.plis() == []
