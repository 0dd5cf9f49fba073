"""Loss and its repair, each leg for itself: NACK, RTX, plain resends, key frame requests."""

from __future__ import annotations

import random
import struct

import pytest
from aiortc.rtp import RtpPacket, unwrap_rtx

from sfu.relay.cache import RESEND_BURST_BYTES
from sfu.relay.inbox import FEW_LOST, MAX_RESENT
from sfu.relay.nack import MAX_SAID
from sfu.rtp import rtcp
from sfu.rtp.media import Slot
from sfu.stats import DropReason
from tests.sfu.relay.far_end import (
    NTP_OFFSET,
    VP8_DELTA,
    VP8_KEY,
    FarEnd,
    World,
    bye,
    fir,
    make_lines,
    make_pair,
)

pytestmark = pytest.mark.usefixtures("each_core")


def rtx_of(end: FarEnd, slot: Slot, seq: int, original: int, rtp_ts: int, payload: bytes) -> bytes:
    """Build a publisher's retransmission."""
    line = end.line(slot)
    return end.plain(
        slot,
        seq,
        rtp_ts,
        struct.pack("!H", original) + payload,
        pt=line.codecs[0].rtx_pt,
        ssrc=line.up_rtx_ssrc,
    )


def frame(end: FarEnd, seq: int, payload: bytes = VP8_DELTA) -> bytes:
    return end.plain(Slot.CAMERA, seq, seq * 3000, payload + b"%d" % seq)


def nack(world: World, end: FarEnd, slot: Slot, *seqs: int) -> None:
    world.send_rtcp(end, rtcp.write_rr(1, []), rtcp.write_nack(1, end.line(slot).down_ssrc, seqs))


# from the publisher


def test_a_gap_is_asked_for_at_once() -> None:
    world, a, _ = make_pair()
    world.send(a, frame(a, 1, VP8_KEY), frame(a, 3))
    world.advance(0.0)
    (asked,) = a.nacks()
    assert asked.media_ssrc == a.line(Slot.CAMERA).up_ssrc
    assert asked.lost == [2]


def test_on_a_line_that_reorders_a_gap_gets_time_to_close_by_itself() -> None:
    world, a, _ = make_pair()
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


def test_reordering_by_one_packet_is_not_asked_for() -> None:
    world, a, _ = make_pair()
    world.send(a, frame(a, 1, VP8_KEY), frame(a, 3), frame(a, 2), frame(a, 4), frame(a, 5))
    world.advance(0.5)
    assert a.nacks() == []


def test_asking_is_repeated_a_few_times_and_then_given_up() -> None:
    world, a, _ = make_pair()
    world.send(a, frame(a, 1, VP8_KEY), frame(a, 3), frame(a, 4))
    world.advance(3.0)
    assert [p.lost for p in a.nacks()] == [[2]] * MAX_SAID


def test_many_gaps_fit_one_nack_in_order() -> None:
    world, a, _ = make_pair()
    kept = [1, 3, 4, 20, 65, 66, 67]
    world.send(a, frame(a, 1, VP8_KEY), *(frame(a, seq) for seq in kept[1:]))
    world.advance(0.025)
    lost = [seq for p in a.nacks() for seq in p.lost]
    assert sorted(set(lost)) == sorted(set(range(1, 68)) - set(kept))


def test_an_outage_is_answered_by_a_key_frame_request_instead_of_nacks() -> None:
    world, a, _ = make_pair()
    world.send(a, frame(a, 1, VP8_KEY))
    world.advance(0.4)
    a.forget()
    world.send(a, frame(a, 900), frame(a, 901), frame(a, 902))
    world.advance(0.1)
    assert a.nacks() == []
    assert len(a.plis()) == 1


def test_nothing_is_asked_for_while_the_gate_is_closed() -> None:
    world, a, _ = make_pair(gate=False)
    world.send(a, frame(a, 1, VP8_KEY), frame(a, 3), frame(a, 4))
    world.advance(1.0)
    world.send(a, frame(a, 900))
    world.advance(1.0)
    assert a.nacks() == []
    assert a.plis() == []
    assert world.core.report(1, world.now).tracks[Slot.CAMERA].lost == 896


def test_a_publishers_retransmission_becomes_the_packet_it_carries() -> None:
    world, a, b = make_pair()
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


def test_an_original_after_its_retransmission_is_a_duplicate() -> None:
    world, a, b = make_pair()
    world.send(a, frame(a, 1, VP8_KEY), frame(a, 3))
    world.send(a, rtx_of(a, Slot.CAMERA, 700, 2, 6000, VP8_DELTA))
    world.send(a, frame(a, 2))
    world.send(a, rtx_of(a, Slot.CAMERA, 701, 3, 9000, VP8_DELTA))
    assert len(b.of(Slot.CAMERA)) == 3
    assert world.dropped() == {DropReason.DUPLICATE: 2}


@pytest.mark.parametrize("payload", [b"", b"\x00"])
def test_padding_on_the_retransmission_stream_goes_no_further(payload: bytes) -> None:
    world, a, b = make_pair()
    world.send(a, frame(a, 1, VP8_KEY))
    line = a.line(Slot.CAMERA)
    world.send(
        a, a.plain(Slot.CAMERA, 9, 0, payload, pt=line.codecs[0].rtx_pt, ssrc=line.up_rtx_ssrc)
    )
    assert len(b.media) == 1
    assert world.dropped() == {}


def test_sound_is_asked_for_where_nack_is_negotiated() -> None:
    for negotiated in (True, False):
        world, a, b = make_pair(audio_nack=negotiated)
        world.sound(a, [1, 2, 4])
        lost = [(p.media_ssrc, p.lost) for p in a.nacks()[:1]]
        assert lost == [(a.line(Slot.AUDIO).up_ssrc, [3])] * negotiated
        world.send(a, a.plain(Slot.AUDIO, 3, 3 * 960, b"late"))
        assert b.of(Slot.AUDIO)[-1].payload == b"late"
        a.forget()
        world.advance(1.0)
        assert a.nacks() == []


def test_nothing_is_asked_of_a_stream_that_said_goodbye() -> None:
    world, a, _ = make_pair()
    world.send(a, frame(a, 1, VP8_KEY), frame(a, 3))
    world.send_rtcp(a, rtcp.write_rr(1, []), bye(a, Slot.CAMERA))
    world.advance(1.0)
    assert a.nacks() == []


def test_a_stream_that_comes_back_after_its_goodbye_goes_on() -> None:
    world, a, b = make_pair()
    world.picture(a, range(3), key=True)
    world.send_rtcp(a, rtcp.write_rr(1, []), bye(a, Slot.CAMERA))
    world.advance(2.0)
    world.picture(a, [3, 5], key=True)
    assert [p.payload[-1:] for p in b.of(Slot.CAMERA)] == [b"0", b"1", b"2", b"3", b"5"]
    assert [p.lost for p in a.nacks()[:1]] == [[4]]


# to the receiver


def test_a_receivers_nack_is_answered_by_rtx_and_never_reaches_the_publisher() -> None:
    world, a, b = make_pair()
    world.picture(a, range(10), key=True)
    a.forget()
    lost = b.of(Slot.CAMERA)[4]
    nack(world, b, Slot.CAMERA, lost.sequence_number)
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
def test_few_lost_packets_are_resent_twice_and_many_once(lost: int, copies: int) -> None:
    world, a, b = make_pair()
    world.picture(a, range(30), key=True)
    seqs = [p.sequence_number for p in b.of(Slot.CAMERA)[3 : 3 + lost]]
    nack(world, b, Slot.CAMERA, *seqs)
    originals = [unwrap_rtx(p, payload_type=120, ssrc=1) for p in b.rtx_of(Slot.CAMERA)]
    assert [p.sequence_number for p in originals] == [seq for seq in seqs for _ in range(copies)]


def test_retransmissions_have_their_own_contiguous_numbers() -> None:
    world, a, b = make_pair()
    world.picture(a, range(30), key=True)
    seqs = [p.sequence_number for p in b.of(Slot.CAMERA)]
    nack(world, b, Slot.CAMERA, *seqs[3:20])
    sent = [p.sequence_number for p in b.rtx_of(Slot.CAMERA)]
    assert [seq - sent[0] & 0xFFFF for seq in sent] == list(range(17))


def test_one_packet_is_not_resent_again_within_ten_ms() -> None:
    world, a, b = make_pair()
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


def test_without_rtx_the_very_same_bytes_go_out_again() -> None:
    world, a, b = make_pair(rtx=False)
    world.picture(a, range(10), key=True)
    sent = [data for data in b.raw if data[1] < 192]
    seq = b.of(Slot.CAMERA)[4].sequence_number
    b.raw.clear()
    b.inward = b.new_inward()
    nack(world, b, Slot.CAMERA, seq)
    assert b.raw == [sent[4]]


def test_sound_is_resent_where_nack_is_negotiated() -> None:
    world, a, b = make_pair(audio_nack=True)
    world.sound(a, range(10))
    b.inward = b.new_inward()
    seq = b.of(Slot.AUDIO)[4].sequence_number
    nack(world, b, Slot.AUDIO, seq)
    assert [p.sequence_number for p in b.of(Slot.AUDIO)[10:]] == [seq]


def test_a_number_never_sent_or_long_gone_is_not_answered() -> None:
    world, a, b = make_pair()
    world.picture(a, range(700), key=True)
    seqs = [p.sequence_number for p in b.of(Slot.CAMERA)]
    nack(world, b, Slot.CAMERA, seqs[-1] + 1 & 0xFFFF, seqs[-1] + 30_000 & 0xFFFF, seqs[0])
    assert b.rtx_of(Slot.CAMERA) == []
    nack(world, b, Slot.CAMERA, seqs[-250])
    assert len(b.rtx_of(Slot.CAMERA)) == 2


def test_one_greedy_nack_cannot_make_us_flood() -> None:
    world, a, b = make_pair()
    world.picture(a, range(400), key=True)
    nack(world, b, Slot.CAMERA, *(p.sequence_number for p in b.of(Slot.CAMERA)))
    assert len(b.rtx_of(Slot.CAMERA)) == MAX_RESENT


def test_resends_stay_a_share_of_what_is_sent_first() -> None:
    world, a, b = make_pair()
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


def test_a_closed_gate_answers_no_nack() -> None:
    world, a, b = make_pair()
    world.picture(a, range(10), key=True)
    seq = b.of(Slot.CAMERA)[4].sequence_number
    world.core.set_gate(1, False, world.now)
    nack(world, b, Slot.CAMERA, seq)
    assert b.rtx_of(Slot.CAMERA) == []


# key frames


def pli(world: World, end: FarEnd) -> None:
    world.send_rtcp(end, rtcp.write_rr(1, []), rtcp.write_pli(1, end.line(Slot.CAMERA).down_ssrc))


def test_plis_become_one_each_300_ms() -> None:
    world, a, b = make_pair()
    world.picture(a, range(20), key=True)
    a.forget()
    for _ in range(60):
        pli(world, b)
        world.advance(0.01)
    assert len(a.plis()) in (2, 3)
    assert {p.media_ssrc for p in a.plis()} == {a.line(Slot.CAMERA).up_ssrc}


def test_two_receivers_plis_within_a_round_trip_become_one() -> None:
    world, a, b = make_pair()
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


def test_a_lost_pli_is_said_again_until_a_key_frame_comes() -> None:
    world, a, b = make_pair()
    world.picture(a, range(20), key=True)
    a.forget()
    pli(world, b)
    world.picture(a, range(20, 40))  # two thirds of a second
    assert len(a.plis()) == 3
    world.picture(a, range(40, 80), key=True)
    assert len(a.plis()) == 3


def test_a_pli_is_not_said_again_to_who_sends_no_pictures() -> None:
    world, a, b = make_pair()
    world.picture(a, range(20), key=True)
    a.forget()
    pli(world, b)
    world.advance(3.0)
    assert len(a.plis()) == 1


def test_on_a_long_way_a_pli_is_given_its_round_trip() -> None:
    world, a, b = make_pair()
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


def test_a_fir_is_passed_on_as_a_pli() -> None:
    world, a, b = make_pair()
    world.picture(a, range(20), key=True)
    a.forget()
    down = b.line(Slot.CAMERA).down_ssrc
    world.send_rtcp(b, rtcp.write_rr(1, []), fir(1, (down, 7)))
    world.advance(0.0)
    assert len(a.plis()) == 1


def test_a_fir_said_again_asks_for_nothing_new() -> None:
    world, a, b = make_pair()
    world.picture(a, range(20), key=True)
    a.forget()
    down = b.line(Slot.CAMERA).down_ssrc
    for n, (command, expected) in enumerate(((255, 1), (255, 1), (0, 2)), 1):
        world.send_rtcp(b, rtcp.write_rr(1, []), fir(1, (down, command)))
        world.advance(0.0)
        world.picture(a, range(20 * n, 20 * n + 20), key=True)
        assert len(a.plis()) == expected


def test_a_pli_through_a_closed_gate_is_not_passed_on() -> None:
    world, a, b = make_pair()
    world.picture(a, range(20), key=True)
    world.core.set_gate(2, False, world.now)
    a.forget()
    pli(world, b)
    world.advance(1.0)
    assert a.plis() == []


def test_the_caller_may_ask_for_a_key_frame() -> None:
    world, a, _ = make_pair(gate=False)
    world.core.request_keyframe(1, Slot.CAMERA, world.now)
    world.core.request_keyframe(1, Slot.AUDIO, world.now)
    world.advance(0.0)
    assert [p.media_ssrc for p in a.plis()] == [a.line(Slot.CAMERA).up_ssrc]


# all of it at once


@pytest.mark.parametrize("seed", range(3))
def test_pictures_arrive_whole_over_two_lossy_legs(seed: int) -> None:
    """5 % loss on each leg and each way; both far ends answer and send NACKs like browsers."""
    rng = random.Random(seed)
    world, a, b = make_pair()
    sent: dict[int, bytes] = {}
    got: dict[int, bytes] = {}
    rtx_seq = 0
    base = None
    for step in range(600):
        payload = (VP8_KEY if step == 0 else VP8_DELTA) + b"%d" % step
        sent[step] = payload
        packet = a.out.protect(a.plain(Slot.CAMERA, step, step * 3000, payload))
        if step == 0 or rng.random() > 0.05:
            world.feed(packet, a.addr)
        world.advance(0.01)
        for report in a.nacks():
            for seq in report.lost:
                if rng.random() > 0.05:
                    rtx_seq += 1
                    world.send(a, rtx_of(a, Slot.CAMERA, rtx_seq, seq, seq * 3000, sent[seq]))
        a.forget()
        missing = _collect(b, got, rng)
        base = min(got) if base is None else base
        if missing and step % 3 == 0:
            nack(world, b, Slot.CAMERA, *missing[-40:])
            _collect(b, got, rng)
    assert base is not None
    whole = [got.get(base + step) for step in range(560)]
    assert sum(payload is None for payload in whole) <= 2
    assert all(payload in (None, sent[step]) for step, payload in enumerate(whole))


def _collect(end: FarEnd, got: dict[int, bytes], rng: random.Random) -> list[int]:
    """Take what came, losing 5 % of it; return the numbers that are missing."""
    line = end.line(Slot.CAMERA)
    for packet in end.media:
        if got and rng.random() <= 0.05:
            continue
        if packet.ssrc == line.down_rtx_ssrc:
            packet = _original(packet, line.down_ssrc)
        got[packet.sequence_number] = packet.payload
    end.forget()
    return [seq for seq in range(min(got), max(got)) if seq not in got]


def _original(packet: RtpPacket, ssrc: int) -> RtpPacket:
    return unwrap_rtx(packet, payload_type=120, ssrc=ssrc)
