"""Which packets are taken: authentic ones, once, of streams that a peer may have."""

from __future__ import annotations

import contextlib
import random

import pylibsrtp
import pytest

from sfu.base.media import Slot
from sfu.base.stats import DropReason
from sfu.errors import SrtpError, StateError
from sfu.relay.leg import BURST_COMPOUNDS, COMPOUNDS_PER_S
from sfu.rtp import rtcp
from sfu.rtp.rtcp import ReportBlock
from tests.sfu.relay.contract.part import Part
from tests.sfu.relay.far_end import CM, GCM, VP8_DELTA, VP8_KEY, FarEnd, fir, make_lines


class Admission(Part):
    """Keys, replays, rubbish and streams."""

    def test_keys_that_do_not_fit_are_refused(self) -> None:
        world = self.make_world()
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

    def test_a_replayed_packet_is_dropped_and_counted(self) -> None:
        world, a, b = self.make_pair()
        data = a.out.protect(a.plain(Slot.AUDIO, 1, 960, b"x"))
        world.feed(data, a.addr)
        world.feed(data, a.addr)
        assert len(b.media) == 1
        assert world.dropped() == {DropReason.REPLAYED: 1}

    def test_a_packet_behind_the_window_is_dropped_as_too_old(self) -> None:
        world, a, _ = self.make_pair()
        old = a.out.protect(a.plain(Slot.AUDIO, 1, 960, b"x"))
        world.send(a, a.plain(Slot.AUDIO, 2, 1920, b"x"), a.plain(Slot.AUDIO, 5000, 960, b"x"))
        world.feed(old, a.addr)
        assert world.dropped() == {DropReason.TOO_OLD: 1}

    def test_packets_of_a_wrong_key_or_changed_on_the_way_are_dropped(self) -> None:
        world, a, b = self.make_pair()
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
    def test_rubbish_of_any_size_is_dropped_without_an_exception(self, size: int) -> None:
        world, a, _ = self.make_pair()
        source = random.Random(size)
        for second in (0, 111, 200, 201, 206, 255):
            data = (bytes((0x90, second)) + source.randbytes(size))[:size]
            world.feed(data, a.addr)
            world.feed(data, ("203.0.113.9", 1, 0))
        assert sum(world.dropped().values()) == 12

    def test_arbitrary_rtp_from_an_authentic_peer_raises_nothing(self) -> None:
        world, a, _ = self.make_pair()
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
            world.advance(0.001)  # or the flood would be cut off unread
        assert DropReason.FLOODED not in world.dropped()
        assert world.core.report(1, world.now).packets_received > 1000

    def test_an_unknown_ssrc_is_dropped_and_one_with_a_mid_is_learned(self) -> None:
        world = self.make_world()
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

    def test_a_peer_cannot_bring_ever_more_streams(self) -> None:
        world, a, _ = self.make_pair()
        for ssrc in range(50_000, 50_100):
            world.send(a, a.plain(Slot.AUDIO, 1, 0, b"x", ssrc=ssrc))
        assert world.dropped()[DropReason.UNKNOWN_SSRC] == 100 - 16
        for ssrc in range(60_000, 60_100):
            world.send_rtcp(a, b"\x80\xc9\x00\x01" + ssrc.to_bytes(4, "big"))
        assert world.dropped()[DropReason.UNKNOWN_SSRC] == 100 - 16 + 100 - 32

    def test_an_unauthenticated_stream_is_not_learned(self) -> None:
        world, a, b = self.make_pair()
        stranger = FarEnd(77, a.lines)
        for ssrc in range(100):
            packet = a.plain(Slot.AUDIO, 1, 0, b"x", ssrc=50_000 + ssrc)
            world.feed(stranger.out.protect(packet), a.addr)
        world.send(a, a.plain(Slot.AUDIO, 1, 0, b"x", ssrc=9))
        assert len(b.of(Slot.AUDIO)) == 1

    def test_the_caller_can_see_which_streams_there_are_and_that_they_changed(self) -> None:
        world, a, _ = self.make_pair()
        ours = {line.up_ssrc for line in a.lines} | {line.up_rtx_ssrc for line in a.lines} - {None}
        changes = [world.core.stream_changes]
        assert ours < set(world.core.ssrcs)
        world.sound(a, range(3))
        assert world.core.stream_changes == changes[-1]
        world.send(a, a.plain(Slot.AUDIO, 1, 0, b"x", ssrc=9))
        changes.append(world.core.stream_changes)
        assert 9 in world.core.ssrcs
        world.core.remove_peer(1, world.now)
        changes.append(world.core.stream_changes)
        assert set(world.core.ssrcs).isdisjoint(ours | {9})
        assert len(set(changes)) == 3

    def test_a_peer_that_reports_madly_is_cut_to_its_limit(self) -> None:
        world, _, b = self.make_pair()
        for _ in range(5 * 2000):
            world.send_rtcp(b, bytes.fromhex("80c9000100000001"))
            world.now += 1 / 2000
        passed = 5 * 2000 - world.dropped()[DropReason.FLOODED]
        assert passed == pytest.approx(BURST_COMPOUNDS + 5 * COMPOUNDS_PER_S, rel=0.02)

    def test_arbitrary_rtcp_from_an_authentic_peer_raises_nothing(self) -> None:
        world, a, _ = self.make_pair()
        world.picture(a, range(5), key=True)
        source = random.Random(4)
        good = [
            rtcp.write_rr(1, [ReportBlock(a.line(Slot.CAMERA).down_ssrc, 1, 2, 3, 4, 5, 6)]),
            rtcp.write_nack(1, a.line(Slot.CAMERA).down_ssrc, range(40)),
            rtcp.write_rrtr(1, 2**40),
            fir(1, (a.line(Slot.CAMERA).down_ssrc, 1)),
            rtcp.write_sdes(1, "name"),
        ]
        for _ in range(3000):
            data = bytearray(b"".join(source.sample(good, 3)))
            for _ in range(source.randrange(6)):
                data[source.randrange(8, len(data))] = source.randrange(256)
            world.send_rtcp(a, bytes(data[: source.randrange(8, len(data) + 1)]))
            world.advance(0.005)  # or the flood would be cut off unread
        assert DropReason.FLOODED not in world.dropped()
