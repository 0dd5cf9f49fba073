"""A lost peer is sent nothing until something of it authenticates."""

from __future__ import annotations

import pytest

from sfu.base.media import Slot
from sfu.relay.up.keyframe import MIN_INTERVAL_S
from sfu.rtp import rtcp
from tests.sfu.relay.contract.part import Part
from tests.sfu.relay.far_end import VP8_DELTA, VP8_KEY


class Suspension(Part):
    """Suspended, and back by a packet or by the caller's word."""

    def test_a_suspended_peer_is_sent_nothing_at_all(self) -> None:
        world, a, b = self.make_pair()
        world.sound(a, range(10))
        world.core.probe(2, 1, 500_000, 1.0, world.now)
        world.core.suspend(2, world.now)
        b.forget()
        b.raw.clear()
        world.sound(a, range(10, 200))
        world.picture(a, range(40), key=True)
        world.core.request_keyframe(2, Slot.CAMERA, world.now)
        world.core.cap(2, 100_000, world.now)
        world.advance(10.0)
        assert b.raw == []
        world.core.remove_peer(2, world.now)
        world.drain()
        assert b.raw == []

    def test_its_publisher_is_asked_for_nothing_meanwhile(self) -> None:
        world, a, _ = self.make_pair()
        world.picture(a, range(5), key=True)
        world.core.suspend(2, world.now)
        a.forget()
        world.picture(a, [*range(5, 10), *range(15, 60)])
        world.advance(1.0)
        assert a.nacks() == []
        assert a.plis() == []
        assert a.compounds  # reports and signs of life go on

    @pytest.mark.parametrize("sign", ["sound", "report", "word"])
    def test_the_next_sign_of_it_lets_all_pass_again(self, sign: str) -> None:
        world, a, b = self.make_pair()
        world.sound(a, range(10))
        world.picture(a, range(5), key=True)
        world.core.suspend(2, world.now)
        world.sound(a, range(10, 60))
        world.picture(a, range(5, 30))
        a.forget()
        if sign == "sound":
            world.sound(b, range(1))
        elif sign == "report":
            world.send_rtcp(b, rtcp.write_rr(b.lines[0].up_ssrc or 0, []))
        else:
            world.core.resume(2, world.now)
        world.advance(2 * MIN_INTERVAL_S)
        assert len(a.plis()) >= 1
        assert b.compounds
        world.sound(a, range(60, 70))
        world.send(a, a.plain(Slot.CAMERA, 30, 90_000, VP8_DELTA))
        world.send(a, a.plain(Slot.CAMERA, 31, 93_000, VP8_KEY))
        for slot, count in ((Slot.AUDIO, 20), (Slot.CAMERA, 6)):
            seqs = [p.sequence_number for p in b.of(slot)]
            assert seqs == [seqs[0] + n & 0xFFFF for n in range(count)]

    def test_a_forged_packet_wakes_nobody(self) -> None:
        world, _, b = self.make_pair()
        world.core.suspend(2, world.now)
        b.raw.clear()
        forged = b.plain(Slot.AUDIO, 1, 960, b"sound") + bytes(16)
        world.feed(forged, b.addr)
        world.advance(1.0)
        assert b.raw == []

    def test_a_suspended_peer_is_still_heard_by_nobody_but_counted(self) -> None:
        world, a, b = self.make_pair()
        world.core.suspend(2, world.now)
        world.sound(b, range(20))
        assert len(a.of(Slot.AUDIO)) == 20
        assert world.core.report(2, world.now).packets_received == 20

    def test_a_gate_that_opens_meanwhile_sends_nothing_and_passes_afterwards(self) -> None:
        world, a, b = self.make_pair(gate=False)
        world.core.suspend(2, world.now)
        b.raw.clear()
        for peer in (1, 2):
            world.core.set_gate(peer, True, world.now)
        world.sound(a, range(10))
        world.advance(0.5)
        assert b.raw == []
        world.sound(b, range(1))
        world.sound(a, range(10, 20))
        assert len(b.of(Slot.AUDIO)) == 10
