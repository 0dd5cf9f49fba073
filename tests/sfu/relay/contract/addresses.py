"""Where a peer is: addresses that move, are guessed, claimed and missing."""

from __future__ import annotations

from sfu.base.media import Slot
from sfu.base.stats import DropReason
from sfu.relay.leg import MAX_ADDRESSES
from sfu.rtp import rtcp
from tests.sfu.relay.contract.part import Part
from tests.sfu.relay.far_end import FarEnd


class Addresses(Part):
    """Whose packets an address brings, and where ours go."""

    def test_a_peer_whose_address_changed_is_heard_at_once_and_answered_after_its_check(
        self,
    ) -> None:
        world, a, b = self.make_pair()
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

    def test_without_an_address_nothing_is_due_in_the_past(self) -> None:
        world, a, _ = self.make_pair()
        world.core.set_address(1, None)
        world.core.request_keyframe(1, Slot.CAMERA, world.now)
        for seq in range(30):
            world.now += 0.02
            world.core.handle_timeout(world.now)
            world.send(a, a.plain(Slot.CAMERA, seq, seq * 1800, b"\x10\x01\x00\x00"))
            due_at = world.core.next_timeout()
            assert due_at is not None
            assert due_at >= world.now

    def test_the_caller_is_told_once_of_who_was_heard_from_an_unknown_address(self) -> None:
        world, a, _ = self.make_pair()
        moved = ("203.0.113.7", 4242, 0)
        world.feed(FarEnd(77, a.lines).out.protect(a.plain(Slot.AUDIO, 1, 960, b"x")), moved)
        world.sound(a, [2])
        assert list(world.core.newcomers) == []
        for seq in (3, 4):
            world.send(a, a.plain(Slot.AUDIO, seq, seq * 960, b"x"), addr=moved)
        assert list(world.core.newcomers) == [(1, moved)]

    def test_strangers_who_guess_an_ssrc_get_few_tries_and_no_place(self) -> None:
        world, a, _ = self.make_pair()
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

    def test_a_peer_has_few_addresses_at_one_time_and_keeps_the_one_we_send_to(self) -> None:
        world, a, _ = self.make_pair()
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

    def test_a_replay_from_elsewhere_does_not_admit_its_address(self) -> None:
        world, a, _ = self.make_pair()
        data = a.out.protect(a.plain(Slot.AUDIO, 1, 960, b"x"))
        world.feed(data, a.addr)
        world.feed(data, ("203.0.113.7", 1, 0))
        assert world.dropped() == {DropReason.REPLAYED: 1}
        world.now += 1
        world.feed(b"\x80" + bytes(20), ("203.0.113.7", 1, 0))
        assert world.dropped()[DropReason.UNKNOWN_ADDRESS] == 1

    def test_a_peer_without_an_address_is_sent_nothing(self) -> None:
        world, a, b = self.make_pair()
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

    def test_an_address_belongs_to_the_latest_peer(self) -> None:
        world, a, b = self.make_pair()
        world.core.admit_address(2, a.addr)
        world.sound(a, [1])
        assert b.media == []
        world.core.admit_address(1, a.addr)
        world.sound(a, [2])
        assert len(b.of(Slot.AUDIO)) == 1
