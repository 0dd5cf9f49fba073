"""What a call is told of a line that carries less than its pictures want, in virtual time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sfu.engine.downlink import FRESH_S
from sfu.messages import Cause, Level, LineQuality
from tests.sfu.engine.calls import HIGH_BPS, LOW_BPS, Call, Caller

WARN_S, CLEAR_S = 6, 15


def watch(call: Call, person: Caller, seconds: int) -> list[LineQuality]:
    """Return what is told of someone's line, second by second."""
    told = []
    for _ in range(seconds):
        call.run(1.0)
        told.append(call.quality(person))
    return told


def first(told: list[LineQuality], level: Level) -> int:
    """Return after how many seconds it was told first."""
    return next(second for second, each in enumerate(told, 1) if each.level is level)


def test_a_fall_of_the_way_down_is_told_as_its_capacity_and_cleared() -> None:
    call = Call(HIGH_BPS, queue_s=0.3)
    call.run(12.0)
    assert call.quality(call.patient).level is Level.GOOD
    call.patient.path.down_bps = LOW_BPS
    told = watch(call, call.patient, 16)
    assert first(told, Level.POOR) <= WARN_S
    assert {each.level for each in told} <= {Level.GOOD, Level.FAIR, Level.POOR}
    assert {each.cause for each in told if each.level is not Level.GOOD} == {Cause.CAPACITY_DOWN}
    assert told[-1].down.capacity_bps == pytest.approx(LOW_BPS, rel=0.05)
    assert not told[-1].down.capacity_is_bound
    assert call.quality(call.therapist).level is Level.GOOD
    call.patient.path.down_bps = HIGH_BPS
    assert first(watch(call, call.patient, 16), Level.GOOD) <= CLEAR_S


@pytest.mark.parametrize("bears_s", [0.03, 0.3])
def test_a_fall_of_the_way_up_is_told_as_its_capacity_and_cleared(bears_s: float) -> None:
    """Whether or not the browser's own congestion control keeps the queue short."""
    call = Call(2 * HIGH_BPS, queue_s=0.3)
    call.patient.path.up_bps, call.patient.bears_s = HIGH_BPS, bears_s
    call.run(8.0)
    call.patient.path.up_bps = LOW_BPS
    told = watch(call, call.patient, 16)
    assert first(told, Level.POOR) <= WARN_S
    assert {each.level for each in told} <= {Level.GOOD, Level.FAIR, Level.POOR}
    assert {each.cause for each in told if each.level is Level.POOR} == {Cause.CAPACITY_UP}
    assert told[-1].up.capacity_bps == pytest.approx(LOW_BPS, rel=0.1)
    assert call.quality(call.therapist).level is Level.GOOD
    call.patient.path.up_bps, call.patient.bears_s = 4 * HIGH_BPS, 0.03
    assert first(watch(call, call.patient, 18), Level.GOOD) <= CLEAR_S


@pytest.mark.parametrize("up_bps", [250_000.0, 300_000.0, 600_000.0])
@pytest.mark.parametrize("queue_s", [0.08, 0.3])
def test_a_narrow_uplink_is_told_in_a_call(up_bps: float, queue_s: float) -> None:
    call = Call(2 * HIGH_BPS, queue_s=0.3)
    call.patient.path.up_bps, call.patient.path.up_queue_s = up_bps, queue_s
    told = watch(call, call.patient, 16)[10:]
    expected = Level.POOR if up_bps < 500_000 else Level.FAIR
    assert {(each.level, each.cause) for each in told} == {(expected, Cause.CAPACITY_UP)}
    for each in told:
        assert each.up.capacity_bps == pytest.approx(up_bps, rel=0.1)


def test_loss_of_a_narrow_line_that_is_not_full_stays_loss() -> None:
    call = Call(LOW_BPS, queue_s=0.3)
    call.run(14.0)
    assert call.quality(call.patient).cause is Cause.CAPACITY_DOWN
    call.patient.path.drop = _every(12)
    call.run(12.0)
    assert call.quality(call.patient).cause in (Cause.LOSS_DOWN, Cause.LOSS_UP)


def _every(count: int) -> Callable[[bytes], bool]:
    seen = 0

    def drop(_: bytes) -> bool:
        nonlocal seen
        seen += 1
        return seen % count == 0

    return drop


@pytest.mark.parametrize("jitter_s", [0.03, 0.06])
def test_jitter_is_no_narrow_line(jitter_s: float) -> None:
    call = Call(2 * HIGH_BPS, queue_s=0.3)
    call.patient.path.jitter_s = jitter_s
    told = watch(call, call.patient, 40)
    causes = {each.cause for each in told}
    assert causes <= {Cause.NONE, Cause.JITTER_UP, Cause.JITTER_DOWN}


def test_a_capacity_is_forgotten_a_while_after_the_last_picture() -> None:
    """Sound alone fits a line of 400 kbit/s, and says nothing of whether there is more by now."""
    call = Call(LOW_BPS, queue_s=0.3)
    call.run(14.0)
    assert call.quality(call.patient).level is Level.POOR
    call.therapist.films = False
    call.run(FRESH_S + 14)
    assert call.quality(call.patient).level is Level.GOOD
    assert call.quality(call.patient).down.capacity_bps is None


def test_sending_back_to_the_waiting_room_ends_what_a_call_said_of_capacities() -> None:
    call = Call(LOW_BPS, queue_s=0.3)
    call.patient.path.up_bps = 250_000.0
    call.run(14.0)
    assert call.quality(call.patient).level is Level.POOR
    call.world.gate(False)
    call.run(2.0)
    quality = call.quality(call.patient)
    assert (quality.up.capacity_bps, quality.down.capacity_bps) == (None, None)


def test_a_picture_that_was_paused_for_the_line_s_sake_comes_back_by_itself() -> None:
    call = Call(HIGH_BPS, queue_s=0.3)
    call.run(8.0)
    call.patient.path.down_bps = 90_000.0
    call.run(20.0)
    assert call.therapist.caps[-1] == 0
    assert call.quality(call.patient).cause is Cause.CAPACITY_DOWN
    call.patient.path.down_bps = HIGH_BPS
    took_s = call.world.network.run_until(lambda: call.therapist.caps[-1] > 1e6, 60.0)
    assert took_s <= 45
    call.run(13.0)
    assert call.quality(call.patient).level is Level.GOOD
