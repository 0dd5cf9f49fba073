"""What a node tells of all peers there ever were."""

from __future__ import annotations

from sfu.base.media import Slot
from sfu.relay.seam import CoreTotals, TrackTotals
from sfu.rtp import rtcp
from sfu.rtp.rtcp import ReportBlock
from tests.sfu.relay.contract.part import Part
from tests.sfu.relay.far_end import (
    NTP_OFFSET,
    VP8_DELTA,
    VP8_KEY,
    FarEnd,
    World,
    make_lines,
    nack,
    rtx_of,
)


def camera(world: World) -> TrackTotals:
    return world.core.totals().tracks[Slot.CAMERA]


def lost(world: World, end: FarEnd, packets: int) -> None:
    """Let a receiver report so many packets of its camera stream as lost in all."""
    block = ReportBlock(end.line(Slot.CAMERA).down_ssrc, 10, packets, 1, 0)
    world.send_rtcp(end, rtcp.write_rr(1, [block]))


class Totals(Part):
    """Sums by slot, and round trips."""

    def test_what_publishers_sent_came_or_was_sent_again(self) -> None:
        world, a, _ = self.make_pair()
        world.picture(a, [0, 1, 2, 5, 6], key=True)
        world.send(a, rtx_of(a, Slot.CAMERA, 700, 3, 9000, VP8_DELTA))
        world.advance(0.5)
        totals = camera(world)
        assert (totals.up_sent, totals.up_received, totals.up_recovered) == (7, 5, 1)
        assert totals.up_nacks == len(a.nacks()) > 0
        assert totals.up_variation_count > 0
        assert totals.down_forwarded == 6
        assert world.core.totals().tracks[Slot.SCREEN].up_sent == 0

    def test_what_receivers_lost_and_asked_for(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(10), key=True)
        before = camera(world)
        nack(world, b, Slot.CAMERA, b.of(Slot.CAMERA)[3].sequence_number)
        pli = rtcp.write_pli(1, b.line(Slot.CAMERA).down_ssrc)
        world.send_rtcp(b, rtcp.write_rr(1, []), pli)
        world.advance(0.5)
        lost(world, b, 7)
        totals = camera(world)
        assert (totals.down_nacks, totals.down_resent, totals.down_lost) == (1, 2, 7)
        assert totals.down_keyframe_requests == 1
        assert totals.up_keyframe_requests == before.up_keyframe_requests + 1

    def test_a_packet_that_came_twice_takes_no_loss_back(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(10), key=True)
        told = []
        for packets in (7, 5, 6, 9):
            lost(world, b, packets)
            told.append(camera(world).down_lost)
        assert told == [7, 7, 8, 11]

    def test_who_leaves_and_streams_that_end_stay_in_the_sums(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(10), key=True)
        world.send(a, a.plain(Slot.CAMERA, 5000, 0, VP8_KEY, ssrc=8, mid="1"))
        world.send(a, a.plain(Slot.CAMERA, 5002, 3000, VP8_DELTA, ssrc=8))
        lost(world, b, 3)
        before = world.core.totals()
        assert (camera(world).up_sent, camera(world).up_received) == (13, 12)
        for peer in (1, 2):
            world.core.remove_peer(peer, world.now)
        assert told(world.core.totals()) == told(before)
        c = world.join(FarEnd(3, make_lines(5000)))
        world.picture(c, range(4), key=True)
        assert camera(world).up_sent == 17

    def test_round_trips_are_counted_as_they_are_measured(self) -> None:
        world, a, _ = self.make_pair()
        ours = a.line(Slot.AUDIO).down_ssrc
        for rtt_s in (0.08, 0.6):
            sent_at = rtcp.ntp64(world.now - rtt_s + NTP_OFFSET)
            reply = rtcp.write_dlrr(1, [(ours, rtcp.ntp_middle(sent_at), 0)])
            world.send_rtcp(a, rtcp.write_rr(1, []), reply)
        rtts = world.core.totals().rtts
        counted = dict(zip(rtts.bounds, rtts.counts, strict=False))
        assert {bound: n for bound, n in counted.items() if n} == {0.1: 1, 1.0: 1}
        world.core.remove_peer(1, world.now)
        assert sum(world.core.totals().rtts.counts) == 2

    def test_first_packets_after_a_gate_opened_are_timed_by_slot(self) -> None:
        world, a, b = self.make_pair(gate=False)
        world.sound(a, range(10))
        world.picture(a, range(3), key=True)
        world.core.set_gate(1, True, world.now)
        world.core.set_gate(2, True, world.now)
        world.advance(0.015)
        world.send(a, a.plain(Slot.AUDIO, 10, 10 * 960, b"x"))
        world.send(a, a.plain(Slot.AUDIO, 11, 11 * 960, b"x"))
        assert len(b.of(Slot.AUDIO)) == 2
        assert starts(world) == {Slot.AUDIO: {0.02: 1}, Slot.CAMERA: {}}
        world.advance(0.3)
        world.picture(a, range(3, 6), key=True)
        assert starts(world) == {Slot.AUDIO: {0.02: 1}, Slot.CAMERA: {0.5: 1}}
        world.core.remove_peer(2, world.now)
        assert starts(world) == {Slot.AUDIO: {0.02: 1}, Slot.CAMERA: {0.5: 1}}

    def test_who_was_not_sending_when_the_gate_opened_is_not_timed(self) -> None:
        world, a, b = self.make_pair(gate=False)
        world.sound(a, range(10))
        world.advance(5.0)
        world.core.set_gate(1, True, world.now)
        world.core.set_gate(2, True, world.now)
        world.advance(5.0)
        world.sound(a, range(10, 20))
        assert b.of(Slot.AUDIO)
        assert starts(world) == {Slot.AUDIO: {}, Slot.CAMERA: {}}


def starts(world: World) -> dict[Slot, dict[float, int]]:
    """Return the counts that are not zero, by slot and bound."""
    return {
        slot: {bound: n for bound, n in zip(each.bounds, each.counts, strict=False) if n}
        for slot, each in world.core.totals().starts.items()
    }


def told(totals: CoreTotals) -> tuple[dict[Slot, TrackTotals], list[int]]:
    return dict(totals.tracks), totals.rtts.counts
