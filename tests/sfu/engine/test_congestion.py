"""A call on a line that falls and rises: core, estimator and room together, in virtual time.

The estimator alone is tried on many more lines in `bandwidth/`.
"""

from __future__ import annotations

from sfu.bandwidth.allocation import CEILING_BPS
from tests.sfu.engine.calls import HIGH_BPS, LOW_BPS, Call


def test_a_publisher_is_held_to_what_the_far_line_carries_and_sound_survives_its_fall() -> None:
    call = Call(HIGH_BPS, queue_s=0.3)
    call.run(10.0)
    assert call.rate_bps(2.0) > 0.85 * HIGH_BPS
    call.patient.path.down_bps = LOW_BPS
    fell_at = call.world.now
    call.run(12.0)
    assert call.sound_lost(fell_at + 2.0) == 0
    assert 0.8 * LOW_BPS < call.rate_bps(4.0) <= LOW_BPS
    assert call.therapist.caps[-1] < LOW_BPS
    call.patient.path.down_bps = HIGH_BPS
    call.run(12.0)
    assert call.rate_bps(2.0) > 0.85 * HIGH_BPS
    assert call.sound_lost(fell_at + 2.0) == 0


def test_the_other_side_is_not_held_back_by_a_line_that_is_not_its_receivers() -> None:
    call = Call(LOW_BPS, queue_s=0.3)
    call.run(8.0)
    assert call.therapist.caps[-1] < LOW_BPS
    assert call.patient.caps[-1] == CEILING_BPS


def test_a_line_with_no_room_for_a_picture_pauses_it_and_carries_the_sound() -> None:
    call = Call(90_000.0, queue_s=0.3)
    call.run(15.0)
    assert call.therapist.caps[-1] == 0
    lost_before = call.sound_lost(call.accepted_at)
    call.run(5.0)
    assert call.sound_lost(call.accepted_at) == lost_before
