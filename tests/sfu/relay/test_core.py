"""The packet core as a whole: what one far end sends, and what the other gets."""

from __future__ import annotations

import contextlib
import dataclasses
import random
from itertools import pairwise

import pylibsrtp
import pytest

from sfu.errors import SrtpError, StateError
from sfu.relay.leg import MAX_ADDRESSES
from sfu.rtp import rtcp
from sfu.rtp.media import MediaLine, Slot
from sfu.stats import DropReason
from tests.sfu.relay.far_end import (
    CM,
    GCM,
    VP8_DELTA,
    VP8_KEY,
    FarEnd,
    Ids,
    World,
    make_lines,
    make_pair,
)

pytestmark = pytest.mark.usefixtures("each_core")


@pytest.mark.parametrize("profile", [GCM, CM])
def test_what_one_side_says_the_other_hears_under_its_own_numbers(profile: str) -> None:
    world, a, b = make_pair(profile)
    world.sound(a, range(10), level=40)
    world.sound(b, range(3))
    heard = b.of(Slot.AUDIO)
    assert [p.payload for p in heard] == [b"opus"] * 10
    assert {p.payload_type for p in heard} == {109}
    assert {p.ssrc for p in heard} == {b.line(Slot.AUDIO).down_ssrc}
    assert [p.sequence_number - heard[0].sequence_number for p in heard] == list(range(10))
    assert [p.timestamp - heard[0].timestamp & 0xFFFFFFFF for p in heard] == [
        960 * i for i in range(10)
    ]
    assert len(a.of(Slot.AUDIO)) == 3
    assert world.dropped() == {}


def test_first_sequence_numbers_leave_room_below_the_middle() -> None:
    for seed in range(20):
        world = World(seed)
        a, b = world.join(FarEnd(1, make_lines(1000))), world.join(FarEnd(2, make_lines(2000)))
        world.core.route(1, 2, world.now)
        world.sound(a, [65_000])
        assert b.of(Slot.AUDIO)[0].sequence_number < 1 << 15


def test_a_closed_gate_lets_nothing_pass_yet_measures_what_arrives() -> None:
    world, a, b = make_pair(gate=False)
    world.core.set_gate(1, True, world.now)
    world.sound(a, range(50), level=0x80 | 23)
    world.sound(b, range(5))
    world.picture(a, range(40), key=True)
    assert b.media == []
    assert a.media == []
    report = world.core.report(1, world.now)
    assert report.packets_forwarded == 0
    assert world.core.report(2, world.now).packets_forwarded == 0
    assert report.frames_per_s == pytest.approx(30, abs=2)
    assert report.audio_last_at is not None
    assert world.core.report(2, world.now).level_dbfs is None


def test_the_level_of_the_last_second_is_the_loudest() -> None:
    world, a, _ = make_pair(gate=False)
    world.sound(a, range(10), level=60)
    world.sound(a, [10], level=0x80 | 23)
    world.sound(a, range(11, 20), level=70)
    assert world.core.report(1, world.now).level_dbfs == -23.0
    world.advance(2.0)
    assert world.core.report(1, world.now).level_dbfs is None


def test_nothing_passes_after_the_gate_closed_and_numbers_go_on_when_it_opens() -> None:
    world, a, b = make_pair()
    world.sound(a, range(10))
    world.core.set_gate(2, False, world.now)
    world.sound(a, range(10, 60))
    assert len(b.of(Slot.AUDIO)) == 10
    world.core.set_gate(2, True, world.now)
    world.sound(a, range(60, 70))
    heard = b.of(Slot.AUDIO)
    first = heard[0].sequence_number
    assert [p.sequence_number - first for p in heard] == list(range(20))
    assert heard[10].timestamp - heard[9].timestamp & 0xFFFFFFFF == 51 * 960


def test_the_gate_of_either_end_is_enough_to_stop_media() -> None:
    world, a, b = make_pair()
    world.core.set_gate(1, False, world.now)
    world.sound(a, range(5))
    world.sound(b, range(5))
    assert a.media == b.media == []


def test_picture_after_the_gate_opens_waits_for_a_key_frame_that_is_asked_for_at_once() -> None:
    world, a, b = make_pair(gate=False)
    world.picture(a, range(10), key=True)
    assert a.plis() == []
    opened_at = world.now
    world.core.set_gate(1, True, world.now)
    world.core.set_gate(2, True, world.now)
    world.advance(0.0)
    assert [p.media_ssrc for p in a.plis()] == [
        a.line(Slot.CAMERA).up_ssrc,
        a.line(Slot.SCREEN).up_ssrc,
    ]
    assert world.now == opened_at
    world.picture(a, range(10, 13))
    assert b.of(Slot.CAMERA) == []
    world.picture(a, range(13, 16), key=True)
    assert [p.payload for p in b.of(Slot.CAMERA)] == [
        VP8_KEY + b"picture 13",
        VP8_DELTA + b"picture 14",
        VP8_DELTA + b"picture 15",
    ]
    assert world.dropped() == {DropReason.BEFORE_KEYFRAME: 3}


def test_a_publisher_that_ignores_the_first_pli_is_asked_again() -> None:
    world, a, b = make_pair()
    world.picture(a, range(40))
    asked = [p for p in a.plis() if p.media_ssrc == a.line(Slot.CAMERA).up_ssrc]
    assert 4 <= len(asked) <= 6  # 1.3 s, one each 300 ms
    assert b.of(Slot.CAMERA) == []


def test_a_key_frame_packet_that_comes_late_does_not_open_the_picture() -> None:
    world, a, b = make_pair()
    late = a.plain(Slot.CAMERA, 5, 5 * 3000, VP8_KEY)
    world.picture(a, [6, 7])
    world.send(a, late)
    assert b.of(Slot.CAMERA) == []


@pytest.mark.parametrize("start", [0, 32_760, 65_500, 65_535])
def test_sequence_numbers_and_roll_over_counts_wrap_on_both_legs(start: int) -> None:
    """Over two wraps each; only each fiftieth packet arrives, which makes the test short."""
    world, a, b = make_pair()
    for seq in range(start, start + 140_000, 50):
        packet = a.plain(Slot.AUDIO, seq & 0xFFFF, seq * 96_000 & 0xFFFFFFFF, b"x")
        world.send(a, packet)
        world.now += 1.0
    heard = b.of(Slot.AUDIO)
    assert len(heard) == 2_800
    assert {(q.sequence_number - p.sequence_number) & 0xFFFF for p, q in pairwise(heard)} == {50}
    steps = {(q.timestamp - p.timestamp) & 0xFFFFFFFF for p, q in pairwise(heard)}
    assert steps == {50 * 96_000}
    assert world.core.report(1, world.now).tracks[Slot.AUDIO].expected == 139_951


def test_reordered_packets_keep_their_places() -> None:
    world, a, b = make_pair()
    order = [0, 1, 3, 2, 6, 5, 4, 7]
    world.sound(a, order)
    heard = b.of(Slot.AUDIO)
    assert [p.sequence_number - heard[0].sequence_number for p in heard] == order
    report = world.core.report(1, world.now).tracks[Slot.AUDIO]
    assert (report.lost, report.duplicates) == (0, 0)


def test_a_lost_packet_leaves_a_gap_on_the_other_leg_too() -> None:
    world, a, b = make_pair()
    world.sound(a, [0, 1, 4, 5])
    heard = b.of(Slot.AUDIO)
    assert [p.sequence_number - heard[0].sequence_number for p in heard] == [0, 1, 4, 5]
    assert world.core.report(1, world.now).tracks[Slot.AUDIO].lost == 2


def test_a_replayed_packet_is_dropped_and_counted() -> None:
    world, a, b = make_pair()
    data = a.out.protect(a.plain(Slot.AUDIO, 1, 960, b"x"))
    world.feed(data, a.addr)
    world.feed(data, a.addr)
    assert len(b.media) == 1
    assert world.dropped() == {DropReason.REPLAYED: 1}


def test_a_packet_behind_the_window_is_dropped_as_too_old() -> None:
    world, a, _ = make_pair()
    old = a.out.protect(a.plain(Slot.AUDIO, 1, 960, b"x"))
    world.send(a, a.plain(Slot.AUDIO, 2, 1920, b"x"), a.plain(Slot.AUDIO, 5000, 960, b"x"))
    world.feed(old, a.addr)
    assert world.dropped() == {DropReason.TOO_OLD: 1}


def test_packets_of_a_wrong_key_or_changed_on_the_way_are_dropped() -> None:
    world, a, b = make_pair()
    stranger = FarEnd(77, a.lines)
    world.feed(stranger.out.protect(a.plain(Slot.AUDIO, 1, 960, b"x")), a.addr)
    good = bytearray(a.out.protect(a.plain(Slot.AUDIO, 2, 960, b"secret")))
    good[-1] ^= 1
    world.feed(bytes(good), a.addr)
    world.feed(stranger.out.protect_rtcp(b"\x80\xc9\x00\x01" + bytes(4)), a.addr)
    assert b.media == []
    assert world.dropped() == {DropReason.UNAUTHENTICATED: 3}
    assert world.core.report(1, world.now).last_received_at is None


@pytest.mark.parametrize("size", [0, 1, 2, 7, 8, 11, 12, 13, 40, 1400, 1500, 3000])
def test_rubbish_of_any_size_is_dropped_without_an_exception(size: int) -> None:
    world, a, _ = make_pair()
    source = random.Random(size)
    for second in (0, 111, 200, 201, 206, 255):
        data = (bytes((0x90, second)) + source.randbytes(size))[:size]
        world.feed(data, a.addr)
        world.feed(data, ("203.0.113.9", 1, 0))
    assert sum(world.dropped().values()) == 12


def test_arbitrary_rtp_from_an_authentic_peer_raises_nothing() -> None:
    world, a, _ = make_pair()
    source = random.Random(5)
    camera = a.line(Slot.CAMERA)
    for n in range(3000):
        slot = source.choice([Slot.AUDIO, Slot.CAMERA])
        rtx = source.random() < 0.3
        data = bytearray(
            a.plain(
                Slot.CAMERA if rtx else slot,
                n,
                n * 3000,
                source.randbytes(source.randrange(30)),
                pt=camera.codecs[0].rtx_pt if rtx else None,
                ssrc=camera.up_rtx_ssrc if rtx else None,
                level=n & 0xFF,
                cc=n,
                mid="1",
            )
        )
        for _ in range(source.randrange(4)):
            data[source.choice([0, *range(12, len(data))])] = source.randrange(256)
        data[0] = data[0] & 0x3F | 0x80
        with contextlib.suppress(pylibsrtp.Error):  # libsrtp itself refuses some
            world.send(a, bytes(data))
    assert world.core.report(1, world.now).packets_received > 1000


def test_an_unknown_ssrc_is_dropped_and_one_with_a_mid_is_learned() -> None:
    world = World()
    a = world.join(FarEnd(1, make_lines(1000, announced=False)))
    b = world.join(FarEnd(2, make_lines(2000)))
    world.core.route(1, 2, world.now)
    # VP8 is on two lines, so the payload type alone names neither
    world.send(a, a.plain(Slot.CAMERA, 1, 0, VP8_KEY, ssrc=7))
    assert world.dropped() == {DropReason.UNKNOWN_SSRC: 1}
    world.send(a, a.plain(Slot.CAMERA, 1, 0, VP8_KEY, ssrc=8, mid="1"))
    world.send(a, a.plain(Slot.CAMERA, 2, 0, VP8_DELTA, ssrc=8))
    assert [p.payload for p in b.of(Slot.CAMERA)] == [VP8_KEY, VP8_DELTA]
    world.send(a, a.plain(Slot.AUDIO, 1, 0, b"x", ssrc=9))  # opus is on one line alone
    assert len(b.of(Slot.AUDIO)) == 1


def test_a_peer_cannot_bring_ever_more_streams() -> None:
    world, a, _ = make_pair()
    for ssrc in range(50_000, 50_100):
        world.send(a, a.plain(Slot.AUDIO, 1, 0, b"x", ssrc=ssrc))
    assert world.dropped()[DropReason.UNKNOWN_SSRC] == 100 - 16
    for ssrc in range(60_000, 60_100):
        world.send_rtcp(a, b"\x80\xc9\x00\x01" + ssrc.to_bytes(4, "big"))
    assert world.dropped()[DropReason.UNKNOWN_SSRC] == 100 - 16 + 100 - 32


def test_an_unauthenticated_stream_is_not_learned() -> None:
    world, a, b = make_pair()
    stranger = FarEnd(77, a.lines)
    for ssrc in range(100):
        packet = a.plain(Slot.AUDIO, 1, 0, b"x", ssrc=50_000 + ssrc)
        world.feed(stranger.out.protect(packet), a.addr)
    world.send(a, a.plain(Slot.AUDIO, 1, 0, b"x", ssrc=9))
    assert len(b.of(Slot.AUDIO)) == 1


def test_a_codec_the_receiver_lacks_is_not_relayed() -> None:
    world = World()
    a = world.join(FarEnd(1, make_lines(1000)))
    lines = tuple(_without_h264(line) for line in make_lines(2000))
    b = world.join(FarEnd(2, lines))
    world.core.route(1, 2, world.now)
    world.send(a, a.plain(Slot.CAMERA, 1, 0, b"\x67sps", pt=102))
    assert b.media == []
    assert world.dropped() == {DropReason.NO_CODEC: 1}
    world.send(a, a.plain(Slot.CAMERA, 2, 0, b"?", pt=77))
    assert world.dropped()[DropReason.UNKNOWN_PAYLOAD_TYPE] == 1


def _without_h264(line: MediaLine) -> MediaLine:
    return dataclasses.replace(line, codecs=line.codecs[:1])


def test_extensions_are_renumbered_and_only_the_known_ones_pass() -> None:
    world, a, b = make_pair()
    world.send(
        a,
        a.plain(Slot.AUDIO, 1, 0, b"x", level=0x80 | 30, cc=500, mid="0"),
        a.plain(Slot.CAMERA, 1, 0, VP8_KEY, cc=501, mid="1", orientation=3),
    )
    sound, picture = b.of(Slot.AUDIO)[0], b.of(Slot.CAMERA)[0]
    assert b.ids == Ids(mid=9, level=7, transport_cc=5, orientation=2)
    assert (sound.payload, picture.payload) == (b"x", VP8_KEY)
    heard, seen = b.elements
    assert [ext_id for ext_id, _ in heard] == [7, 5]
    assert [ext_id for ext_id, _ in seen] == [5, 2]
    assert (heard[0][1], seen[1][1]) == (b"\x9e", b"\x03")
    assert int.from_bytes(seen[0][1], "big") == int.from_bytes(heard[1][1], "big") + 1


def test_a_replaced_publisher_goes_on_in_the_same_stream() -> None:
    world, a, b = make_pair()
    world.sound(a, range(10))
    world.picture(a, range(100, 110), key=True)
    world.core.remove_peer(1, world.now)
    world.advance(3.0)
    again = world.join(FarEnd(3, make_lines(5000)))
    world.core.route(3, 2, world.now)
    world.sound(again, range(40_000, 40_010))
    world.picture(again, range(9_000, 9_002))  # not decodable yet
    world.picture(again, range(9_002, 9_010), key=True)
    for slot, before, clock_hz in ((Slot.AUDIO, 10, 48_000), (Slot.CAMERA, 10, 90_000)):
        got = b.of(slot)
        first = got[0].sequence_number
        assert [p.sequence_number - first for p in got] == list(range(len(got)))
        passed = got[before].timestamp - got[before - 1].timestamp & 0xFFFFFFFF
        assert passed / clock_hz == pytest.approx(3.3, abs=0.4)
    assert len(b.of(Slot.AUDIO)) == 20
    assert len(b.of(Slot.CAMERA)) == 18
    assert b.of(Slot.CAMERA)[10].payload.startswith(VP8_KEY)
    world.sound(b, range(3))
    assert len(again.of(Slot.AUDIO)) == 3


def test_a_removed_peer_is_gone() -> None:
    world, a, b = make_pair()
    world.core.remove_peer(1, world.now)
    world.sound(a, range(3))
    assert b.media == []
    assert world.dropped() == {DropReason.UNKNOWN_ADDRESS: 3}
    with pytest.raises(StateError):
        world.core.report(1, world.now)
    world.core.remove_peer(2, world.now)
    assert world.core.next_timeout() is None


def test_a_peer_whose_address_changed_is_heard_at_once_and_answered_after_its_check() -> None:
    world, a, b = make_pair()
    world.sound(a, range(3))
    moved = ("203.0.113.7", 4242, 0)
    world.send(a, a.plain(Slot.AUDIO, 3, 2880, b"x"), addr=moved)
    world.send(a, a.plain(Slot.AUDIO, 4, 3840, b"x"), addr=moved)
    assert len(b.of(Slot.AUDIO)) == 5
    a.forget()
    world.sound(b, range(3))
    assert len(a.of(Slot.AUDIO)) == 3  # still at the checked address
    world.core.set_address(1, moved)
    world.ends[moved] = a
    del world.ends[a.addr]
    world.sound(b, range(3, 6))
    assert len(a.of(Slot.AUDIO)) == 6


def test_strangers_who_guess_an_ssrc_get_few_tries_and_no_place() -> None:
    world, a, _ = make_pair()
    forger = FarEnd(77, a.lines)
    for seq in range(1000):
        data = forger.out.protect(a.plain(Slot.AUDIO, seq, 0, b"x"))
        world.feed(data, ("203.0.113.7", seq, 0))
        world.now += 0.001
    dropped = world.dropped()
    assert dropped[DropReason.RATE_LIMITED] > 900
    assert dropped[DropReason.UNAUTHENTICATED] <= 51
    world.sound(a, [1])
    assert world.core.report(1, world.now).packets_received == 1


def test_a_peer_has_few_addresses_at_one_time_and_keeps_the_one_we_send_to() -> None:
    world, a, _ = make_pair()
    many = [("203.0.113.7", port, 0) for port in range(100)]
    for addr in many:
        world.core.admit_address(1, addr)
    for addr in many:
        world.feed(b"\x80" + bytes(20), addr)  # of nobody's SSRC
    known = MAX_ADDRESSES - 1
    assert world.dropped() == {
        DropReason.UNKNOWN_ADDRESS: 100 - known,
        DropReason.UNKNOWN_SSRC: known,
    }
    world.sound(a, [1])
    assert world.core.report(1, world.now).packets_received == 1


def test_a_replay_from_elsewhere_does_not_admit_its_address() -> None:
    world, a, _ = make_pair()
    data = a.out.protect(a.plain(Slot.AUDIO, 1, 960, b"x"))
    world.feed(data, a.addr)
    world.feed(data, ("203.0.113.7", 1, 0))
    assert world.dropped() == {DropReason.REPLAYED: 1}
    world.now += 1
    world.feed(b"\x80" + bytes(20), ("203.0.113.7", 1, 0))
    assert world.dropped()[DropReason.UNKNOWN_ADDRESS] == 1


def test_a_peer_without_an_address_is_sent_nothing() -> None:
    world, a, b = make_pair()
    world.picture(a, range(5), key=True)
    seq = b.of(Slot.CAMERA)[2].sequence_number
    b.forget()
    world.core.set_address(2, None)
    world.sound(a, range(3))
    world.advance(1.0)
    assert world.dropped() == {DropReason.NO_ADDRESS: 3}
    nack = rtcp.write_nack(1, b.line(Slot.CAMERA).down_ssrc, [seq])
    world.send_rtcp(b, rtcp.write_rr(1, []), nack)
    assert world.dropped() == {DropReason.NO_ADDRESS: 3 + 2}  # an isolated loss is resent twice
    world.core.set_address(2, b.addr)
    world.advance(0.2)
    assert {data[1] for data in b.raw} == {201}


def test_routing_again_or_opening_an_open_gate_interrupts_nothing() -> None:
    world, a, b = make_pair()
    world.picture(a, range(5), key=True)
    world.core.route(1, 2, world.now)
    world.core.set_gate(1, True, world.now)
    world.picture(a, range(5, 10))
    assert len(b.of(Slot.CAMERA)) == 10


def test_an_address_belongs_to_the_latest_peer() -> None:
    world, a, b = make_pair()
    world.core.admit_address(2, a.addr)
    world.sound(a, [1])
    assert b.media == []
    world.core.admit_address(1, a.addr)
    world.sound(a, [2])
    assert len(b.of(Slot.AUDIO)) == 1


def test_keys_that_do_not_fit_are_refused() -> None:
    world = World()
    for profile, size in (("SRTP_NULL", 28), (GCM, 30), (CM, 28)):
        with pytest.raises(SrtpError):
            world.core.add_peer(
                1,
                make_lines(1),
                profile=profile,
                inbound_key=bytes(size),
                outbound_key=bytes(size),
                cname="one-name",
                now=0.0,
            )
    world.join(FarEnd(1, make_lines(1)))
    with pytest.raises(StateError):
        world.join(FarEnd(1, make_lines(1)))


def test_a_silent_peer_gets_a_packet_each_200_ms() -> None:
    world, a, _ = make_pair(gate=False)
    world.advance(5.0)
    gaps = [q - p for p, q in pairwise(a.received_at)]
    assert len(gaps) > 24
    assert max(gaps) <= 0.2
