"""Loss on the way out: what the receiver asks for again, and what it is sent."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import pytest
from aiortc.rtp import unwrap_rtx

from sfu.base.media import Slot
from sfu.relay.down.cache import RESEND_BURST_BYTES
from sfu.relay.rtcp.inbound import FEW_LOST, MAX_RESENT
from sfu.rtp import rtcp
from tests.sfu.relay.contract.feedback import tell, transport_cc_of
from tests.sfu.relay.contract.part import Part
from tests.sfu.relay.far_end import VP8_DELTA, VP8_KEY, FarEnd, nack


def arrivals(end: FarEnd, *, without: Iterable[int]) -> dict[int, float]:
    """Return the transport-wide numbers of what an end got, but for some by their order."""
    return {
        transport_cc_of(end, n): 7.0 + 0.01 * n
        for n in range(len(end.media))
        if n not in set(without)
    }


class Resending(Part):
    """NACKs of the receiver, answered by RTX or by the same bytes."""

    def test_a_receivers_nack_is_answered_by_rtx_and_never_reaches_the_publisher(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(10), key=True)
        a.forget()
        lost = b.of(Slot.CAMERA)[4]
        nack(world, b, Slot.CAMERA, lost.sequence_number)
        assert len(b.rtx_of(Slot.CAMERA)) == 2
        for resent in b.rtx_of(Slot.CAMERA):
            assert resent.payload_type == 121
            original = unwrap_rtx(resent, payload_type=120, ssrc=lost.ssrc)
            assert original.payload == lost.payload
            assert original.sequence_number == lost.sequence_number
            assert original.timestamp == lost.timestamp
        world.advance(0.5)
        assert a.nacks() == []
        assert world.core.report(2, world.now).tracks[Slot.CAMERA].resent == 2

    @pytest.mark.parametrize(("lost", "copies"), [(1, 2), (FEW_LOST, 2), (FEW_LOST + 1, 1)])
    def test_few_lost_packets_are_resent_twice_and_many_once(self, lost: int, copies: int) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(30), key=True)
        seqs = [p.sequence_number for p in b.of(Slot.CAMERA)[3 : 3 + lost]]
        nack(world, b, Slot.CAMERA, *seqs)
        originals = [unwrap_rtx(p, payload_type=120, ssrc=1) for p in b.rtx_of(Slot.CAMERA)]
        assert [p.sequence_number for p in originals] == [
            seq for seq in seqs for _ in range(copies)
        ]

    def test_retransmissions_have_their_own_contiguous_numbers(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(30), key=True)
        seqs = [p.sequence_number for p in b.of(Slot.CAMERA)]
        nack(world, b, Slot.CAMERA, *seqs[3:20])
        sent = [p.sequence_number for p in b.rtx_of(Slot.CAMERA)]
        assert [seq - sent[0] & 0xFFFF for seq in sent] == list(range(17))

    def test_one_packet_is_not_resent_again_within_ten_ms(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(10), key=True)
        seq = b.of(Slot.CAMERA)[4].sequence_number
        nack(world, b, Slot.CAMERA, seq)
        nack(world, b, Slot.CAMERA, seq)
        world.advance(0.009)
        nack(world, b, Slot.CAMERA, seq)
        assert len(b.rtx_of(Slot.CAMERA)) == 2
        world.advance(0.002)
        nack(world, b, Slot.CAMERA, seq)
        assert len(b.rtx_of(Slot.CAMERA)) == 4

    def test_without_rtx_the_very_same_bytes_go_out_again(self) -> None:
        world, a, b = self.make_pair(rtx=False)
        world.picture(a, range(10), key=True)
        sent = [data for data in b.raw if data[1] < 192]
        seq = b.of(Slot.CAMERA)[4].sequence_number
        b.raw.clear()
        b.inward = b.new_inward()
        nack(world, b, Slot.CAMERA, seq)
        assert b.raw == [sent[4]]

    def test_sound_is_resent_where_nack_is_negotiated(self) -> None:
        world, a, b = self.make_pair(audio_nack=True)
        world.sound(a, range(10))
        b.inward = b.new_inward()
        seq = b.of(Slot.AUDIO)[4].sequence_number
        nack(world, b, Slot.AUDIO, seq)
        assert [p.sequence_number for p in b.of(Slot.AUDIO)[10:]] == [seq]

    def test_a_number_never_sent_or_long_gone_is_not_answered(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(700), key=True)
        seqs = [p.sequence_number for p in b.of(Slot.CAMERA)]
        nack(world, b, Slot.CAMERA, seqs[-1] + 1 & 0xFFFF, seqs[-1] + 30_000 & 0xFFFF, seqs[0])
        assert b.rtx_of(Slot.CAMERA) == []
        nack(world, b, Slot.CAMERA, seqs[-250])
        assert len(b.rtx_of(Slot.CAMERA)) == 2

    def test_one_greedy_nack_cannot_make_us_flood(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(400), key=True)
        nack(world, b, Slot.CAMERA, *(p.sequence_number for p in b.of(Slot.CAMERA)))
        assert len(b.rtx_of(Slot.CAMERA)) == MAX_RESENT

    def test_resends_stay_a_share_of_what_is_sent_first(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, [0], key=True)
        b.forget()
        payload = VP8_DELTA + bytes(1000)
        for seq in range(1, 401):  # ten seconds of a line that loses nearly all
            world.send(a, a.plain(Slot.CAMERA, seq, seq * 3000, payload))
            lost = [packet.sequence_number for packet in b.of(Slot.CAMERA)[-10:]]
            nack(world, b, Slot.CAMERA, *lost)
            world.advance(0.025)
        first = sum(len(p.payload) for p in b.of(Slot.CAMERA))
        again = sum(len(p.payload) for p in b.rtx_of(Slot.CAMERA))
        assert again > 0.2 * first, "repair goes on"
        assert again < 0.25 * first + RESEND_BURST_BYTES

    @pytest.mark.parametrize(("missing", "resent"), [(1, 1), (FEW_LOST, FEW_LOST), (5, 0)])
    def test_few_pictures_that_feedback_misses_are_resent_unasked_and_many_are_not(
        self, missing: int, resent: int
    ) -> None:
        """A browser says a NACK once in a round trip, and it may be lost."""
        world, a, b = self.make_pair()
        world.picture(a, range(10), key=True)
        lost = range(3, 3 + missing)
        tell(world, b, arrivals(b, without=lost))
        originals = [unwrap_rtx(p, payload_type=120, ssrc=1) for p in b.rtx_of(Slot.CAMERA)]
        seqs = [p.sequence_number for p in b.of(Slot.CAMERA)]
        assert [p.sequence_number for p in originals] == [seqs[n] for n in lost][:resent]

    def test_feedback_that_misses_what_was_resent_before_brings_it_no_more(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(10), key=True)
        seen = arrivals(b, without=[4])
        nack(world, b, Slot.CAMERA, b.of(Slot.CAMERA)[4].sequence_number)
        world.advance(0.2)
        for _ in range(2):
            tell(world, b, seen)
        assert len(b.rtx_of(Slot.CAMERA)) == 2, "what the NACK brought"

    def test_pictures_lost_among_padding_did_not_fit_the_queue_and_are_not_resent(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(3), key=True)
        assert world.core.probe(2, 1, 400_000, 0.05, world.now)
        world.advance(0.1)
        before = len(b.media)
        assert before > 10, "padding came"
        tell(world, b, arrivals(b, without=[1, *range(5, before - 1)]))
        assert len(b.media) == before

    @pytest.mark.parametrize("audio_nack", [False, True])
    def test_feedback_that_misses_what_has_no_rtx_brings_nothing(self, audio_nack: bool) -> None:
        """The same bytes again would have their number told again, as if they had been so long."""
        world, a, b = self.make_pair(audio_nack=audio_nack, rtx=False)
        world.picture(a, range(3), key=True)
        world.sound(a, range(3))
        before = len(b.media)
        tell(world, b, arrivals(b, without=[1]))
        tell(world, b, arrivals(b, without=[4]))
        assert len(b.media) == before

    def test_after_the_gate_closed_feedback_brings_nothing(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(10), key=True)
        world.core.set_gate(2, False, world.now)
        tell(world, b, arrivals(b, without=[4]))
        assert b.rtx_of(Slot.CAMERA) == []

    def test_a_closed_gate_answers_no_nack(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(10), key=True)
        seq = b.of(Slot.CAMERA)[4].sequence_number
        world.core.set_gate(1, False, world.now)
        nack(world, b, Slot.CAMERA, seq)
        assert b.rtx_of(Slot.CAMERA) == []

    def test_a_resend_keeps_the_picture_upright(self) -> None:
        world, a, b = self.make_pair()
        world.send(a, a.plain(Slot.CAMERA, 1, 0, VP8_KEY, orientation=3))
        down = b.line(Slot.CAMERA).down_ssrc
        seq = b.of(Slot.CAMERA)[0].sequence_number
        world.send_rtcp(b, rtcp.write_rr(1, []), rtcp.write_nack(1, down, [seq]))
        assert [dict(block)[2] for block in b.elements] == [b"\x03"] * 3
        numbers = [struct.unpack("!H", dict(block)[5])[0] for block in b.elements]
        assert numbers == list(range(numbers[0], numbers[0] + 3))
