"""May media pass: both peers' gates, and what is measured while they are closed."""

from __future__ import annotations

import pytest

from sfu.base.media import Slot
from sfu.base.stats import DropReason
from tests.sfu.relay.contract.part import Part
from tests.sfu.relay.far_end import VP8_DELTA, VP8_KEY


class Gates(Part):
    """Closed gates, opened gates."""

    def test_a_closed_gate_lets_nothing_pass_yet_measures_what_arrives(self) -> None:
        world, a, b = self.make_pair(gate=False)
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

    def test_the_level_of_the_last_second_is_the_loudest(self) -> None:
        world, a, _ = self.make_pair(gate=False)
        world.sound(a, range(10), level=60)
        world.sound(a, [10], level=0x80 | 23)
        world.sound(a, range(11, 20), level=70)
        assert world.core.report(1, world.now).level_dbfs == -23.0
        world.advance(2.0)
        assert world.core.report(1, world.now).level_dbfs is None

    def test_nothing_passes_after_the_gate_closed_and_numbers_go_on_when_it_opens(self) -> None:
        world, a, b = self.make_pair()
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

    def test_a_refused_slot_is_not_relayed_and_the_others_are(self) -> None:
        world, a, b = self.make_pair()
        world.picture(a, range(3), key=True, slot=Slot.SCREEN)
        shown = len(b.of(Slot.SCREEN))
        assert shown > 0
        world.core.refuse(1, Slot.SCREEN, True, world.now)
        world.picture(a, range(3, 9), key=True, slot=Slot.SCREEN)
        world.picture(a, range(3), key=True)
        assert len(b.of(Slot.SCREEN)) == shown
        assert b.of(Slot.CAMERA)
        world.core.set_gate(2, False, world.now)
        world.core.set_gate(2, True, world.now)  # an opened gate does not let it pass
        world.picture(a, range(9, 12), key=True, slot=Slot.SCREEN)
        assert len(b.of(Slot.SCREEN)) == shown
        world.core.refuse(1, Slot.SCREEN, False, world.now)
        world.picture(a, range(12, 15), key=True, slot=Slot.SCREEN)
        assert len(b.of(Slot.SCREEN)) > shown

    def test_the_gate_of_either_end_is_enough_to_stop_media(self) -> None:
        world, a, b = self.make_pair()
        world.core.set_gate(1, False, world.now)
        world.sound(a, range(5))
        world.sound(b, range(5))
        assert a.media == b.media == []

    def test_picture_after_the_gate_opens_waits_for_a_key_frame_that_is_asked_for_at_once(
        self,
    ) -> None:
        world, a, b = self.make_pair(gate=False)
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
