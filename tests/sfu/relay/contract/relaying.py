"""Who hears what: what one far end sends, and what the other gets."""

from __future__ import annotations

import dataclasses

import pytest

from sfu.base.media import MediaLine, Slot
from sfu.base.stats import DropReason
from sfu.errors import StateError
from tests.sfu.relay.contract.part import Part
from tests.sfu.relay.far_end import CM, GCM, VP8_KEY, FarEnd, Ids, make_lines


def _without_h264(line: MediaLine) -> MediaLine:
    return dataclasses.replace(line, codecs=line.codecs[:1])


class Relaying(Part):
    """Routes, codecs and extensions."""

    @pytest.mark.parametrize("profile", [GCM, CM])
    def test_what_one_side_says_the_other_hears_under_its_own_numbers(self, profile: str) -> None:
        world, a, b = self.make_pair(profile)
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

    def test_a_codec_the_receiver_lacks_is_not_relayed(self) -> None:
        world = self.make_world()
        a = world.join(FarEnd(1, make_lines(1000)))
        lines = tuple(_without_h264(line) for line in make_lines(2000))
        b = world.join(FarEnd(2, lines))
        world.core.route(1, 2, world.now)
        world.send(a, a.plain(Slot.CAMERA, 1, 0, b"\x67sps", pt=102))
        assert b.media == []
        assert world.dropped() == {DropReason.NO_CODEC: 1}
        world.send(a, a.plain(Slot.CAMERA, 2, 0, b"?", pt=77))
        assert world.dropped()[DropReason.UNKNOWN_PAYLOAD_TYPE] == 1

    def test_a_codec_change_of_the_publisher_changes_the_payload_type(self) -> None:
        world, a, b = self.make_pair()
        world.send(a, a.plain(Slot.CAMERA, 1, 0, VP8_KEY))
        world.send(a, a.plain(Slot.CAMERA, 2, 3000, b"\x67sps", pt=102))
        assert [p.payload_type for p in b.of(Slot.CAMERA)] == [120, 126]

    def test_padding_and_marker_pass_and_a_csrc_list_does_not(self) -> None:
        world, a, b = self.make_pair()
        plain = a.plain(Slot.AUDIO, 1, 960, b"", marker=True)
        with_csrc = bytes((0xA1,)) + plain[1:] + b"csrc" + b"sound\x00\x00\x03"
        world.send(a, with_csrc)
        (packet,) = b.of(Slot.AUDIO)
        assert (packet.payload, packet.csrc, packet.marker) == (b"sound", [], 1)

    def test_extensions_are_renumbered_and_only_the_known_ones_pass(self) -> None:
        world, a, b = self.make_pair()
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

    def test_a_replaced_publisher_goes_on_in_the_same_stream(self) -> None:
        world, a, b = self.make_pair()
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

    def test_a_route_to_another_peer_takes_the_place_of_the_old_one(self) -> None:
        world, a, b = self.make_pair()
        world.sound(a, range(3))
        c = world.join(FarEnd(3, make_lines(5000)))
        world.core.route(3, 2, world.now)
        world.sound(a, range(3, 6))
        world.sound(c, range(3))
        heard = b.of(Slot.AUDIO)
        assert [p.sequence_number - heard[0].sequence_number for p in heard] == list(range(6))

    def test_an_undone_route_carries_nothing_and_the_next_goes_on_in_the_same_stream(self) -> None:
        world, a, b = self.make_pair()
        world.sound(a, range(3))
        world.core.unroute(2, 1, world.now)
        world.sound(a, range(3, 6))
        world.sound(b, range(3))
        assert (len(a.media), len(b.media)) == (0, 3)
        world.core.route(1, 2, world.now)
        world.sound(a, range(6, 9))
        heard = b.of(Slot.AUDIO)
        assert [p.sequence_number - heard[0].sequence_number for p in heard] == list(range(6))

    def test_routing_again_or_opening_an_open_gate_interrupts_nothing(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(5), key=True)
        world.core.route(1, 2, world.now)
        world.core.set_gate(1, True, world.now)
        world.picture(a, range(5, 10))
        assert len(b.of(Slot.CAMERA)) == 10

    def test_a_removed_peer_is_gone(self) -> None:
        world, a, b = self.make_pair()
        world.core.remove_peer(1, world.now)
        world.sound(a, range(3))
        assert b.media == []
        assert world.dropped() == {DropReason.UNKNOWN_ADDRESS: 3}
        with pytest.raises(StateError):
            world.core.report(1, world.now)
        world.core.remove_peer(2, world.now)
        assert world.core.next_timeout() is None

    def test_worlds_of_one_seed_are_alike(self) -> None:
        def run() -> list[bytes]:
            world, a, b = self.make_pair()
            world.sound(a, range(5))
            return b.raw

        assert run() == run()
        assert self.make_world(1).core is not self.make_world(1).core
