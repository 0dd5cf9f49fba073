"""The stream a receiver gets: one for the whole visit, whatever happens on the other side."""

from __future__ import annotations

import struct
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sfu.rtp import rtcp
from sfu.rtp.media import Slot
from sfu.stats import DropReason
from tests.sfu.relay.far_end import VP8_KEY, FarEnd, World, make_lines, make_pair

steps = st.lists(
    st.one_of(
        st.tuples(st.just("packets"), st.integers(1, 12)),
        st.tuples(st.just("lose"), st.integers(1, 5)),
        st.tuples(st.just("shut"), st.integers(1, 8)),
        st.tuples(st.just("replace"), st.integers(0, 0xFFFF)),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(steps, st.integers(0, 0xFFFF))
def test_numbers_leave_gaps_only_where_packets_were_lost(
    story: list[tuple[str, int]], seq: int
) -> None:
    """Closed gates and other publishers leave none, and time never goes backwards."""
    world, a, b = make_pair()
    expected: list[int] = []
    out, started, peer = 0, False, 10
    rtp_ts = 0
    for what, n in story:
        if what == "replace":
            world.core.remove_peer(a.peer, world.now)
            peer += 1
            a = world.join(FarEnd(peer, make_lines(1000 * peer)))
            world.core.route(a.peer, b.peer, world.now)
            seq, rtp_ts, started = n, n * 77_777, False
            out = expected[-1] + 1 if expected else 0
            continue
        if what == "shut":
            world.core.set_gate(b.peer, False, world.now)
        for _ in range(n):
            seq, rtp_ts = seq + 1 & 0xFFFF, rtp_ts + 960 & 0xFFFFFFFF
            world.now += 0.02
            if what == "lose":
                out += started  # a gap within a stream; before its first packet nobody knows
                continue
            world.send(a, a.plain(Slot.AUDIO, seq, rtp_ts, b"x"))
            if what == "packets":
                expected.append(out)
                out += 1
                started = True
        if what == "shut":
            world.core.set_gate(b.peer, True, world.now)
            out = expected[-1] + 1 if expected else 0
            started = False
    heard = b.of(Slot.AUDIO)
    first = heard[0].sequence_number if heard else 0
    assert [p.sequence_number - first & 0xFFFF for p in heard] == [
        n - expected[0] for n in expected
    ]
    times = [p.timestamp for p in heard]
    assert all(0 < (q - p) & 0xFFFFFFFF < 2**31 for p, q in pairwise(times))


def test_losses_right_before_a_gate_closes_are_forgotten() -> None:
    world, a, b = make_pair()
    world.sound(a, [0, 1, 5])
    world.core.set_gate(1, False, world.now)
    world.core.set_gate(1, True, world.now)
    world.sound(a, [9, 3])  # 3 is from before the gate closed
    heard = b.of(Slot.AUDIO)
    assert [p.sequence_number - heard[0].sequence_number for p in heard] == [0, 1, 5, 6]
    assert world.dropped() == {DropReason.BEFORE_START: 1}


def test_a_route_to_another_peer_takes_the_place_of_the_old_one() -> None:
    world, a, b = make_pair()
    world.sound(a, range(3))
    c = world.join(FarEnd(3, make_lines(5000)))
    world.core.route(3, 2, world.now)
    world.sound(a, range(3, 6))
    world.sound(c, range(3))
    heard = b.of(Slot.AUDIO)
    assert [p.sequence_number - heard[0].sequence_number for p in heard] == list(range(6))


def test_a_resend_keeps_the_picture_upright() -> None:
    world, a, b = make_pair()
    world.send(a, a.plain(Slot.CAMERA, 1, 0, VP8_KEY, orientation=3))
    down = b.line(Slot.CAMERA).down_ssrc
    seq = b.of(Slot.CAMERA)[0].sequence_number
    world.send_rtcp(b, rtcp.write_rr(1, []), rtcp.write_nack(1, down, [seq]))
    assert [dict(block)[2] for block in b.elements] == [b"\x03"] * 3
    numbers = [struct.unpack("!H", dict(block)[5])[0] for block in b.elements]
    assert numbers == list(range(numbers[0], numbers[0] + 3))


def test_a_codec_change_of_the_publisher_changes_the_payload_type() -> None:
    world, a, b = make_pair()
    world.send(a, a.plain(Slot.CAMERA, 1, 0, VP8_KEY))
    world.send(a, a.plain(Slot.CAMERA, 2, 3000, b"\x67sps", pt=102))
    assert [p.payload_type for p in b.of(Slot.CAMERA)] == [120, 126]


def test_padding_and_marker_pass_and_a_csrc_list_does_not() -> None:
    world, a, b = make_pair()
    plain = a.plain(Slot.AUDIO, 1, 960, b"", marker=True)
    with_csrc = bytes((0xA1,)) + plain[1:] + b"csrc" + b"sound\x00\x00\x03"
    world.send(a, with_csrc)
    (packet,) = b.of(Slot.AUDIO)
    assert (packet.payload, packet.csrc, packet.marker) == (b"sound", [], 1)


def test_worlds_of_one_seed_are_alike() -> None:
    def run() -> list[bytes]:
        world, a, b = make_pair()
        world.sound(a, range(5))
        return b.raw

    assert run() == run()
    assert World(1).core is not World(1).core
