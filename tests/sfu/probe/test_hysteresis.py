"""What is shown of a line in a call: soon enough, steady enough, and never a false word of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from statistics import quantiles

import pytest

from sfu.messages import Cause, Level, LineQuality
from sfu.probe.hysteresis import Hysteresis
from sfu.probe.verdict import Measured, NodeHealth
from tests.sfu.probe.calls import QUIET, SOUND_PER_S, Call, alarms
from tests.sfu.probe.test_verdict import GOOD, way


def test_a_clean_line_is_never_called_bad() -> None:
    assert alarms(0.0, hours=0.25, seed=1) == 0
    assert alarms(0.003, hours=0.5, seed=2) == 0


def test_one_per_cent_in_both_directions_alarms_less_than_once_an_hour() -> None:
    assert sum(alarms(0.01, hours=1, seed=seed) for seed in (3, 4)) <= 2


def times(
    bad: Callable[[Call, float], LineQuality], calls: int = 60, per_s: int = SOUND_PER_S
) -> tuple[float, float]:
    """Return the 95th percentile of the time to warn of a step, and to clear it."""
    warns, clears = [], []
    for seed in range(calls):
        call = Call(seed, per_s)
        for _ in range(15):
            assert call.second(0.0).level in (Level.GOOD, Level.UNKNOWN)
        phase = Random(seed).random()  # the step comes so long before a look
        warn_s = None
        for second in range(20):
            shown = bad(call, phase if second == 0 else 1.0)
            if shown.level is not Level.GOOD and warn_s is None:
                warn_s = second + phase
        assert warn_s is not None
        warns.append(warn_s)
        for second in range(30):
            if call.second(0.0).level is Level.GOOD:
                clears.append(second + 1)
                break
    assert len(clears) == calls
    return quantiles(warns, n=20)[18], max(clears)


@pytest.mark.parametrize("loss", [0.08, 0.12, 0.3])
def test_a_step_of_loss_is_warned_of_in_6_s_and_cleared_in_15(loss: float) -> None:
    warn_s, clear_s = times(lambda call, share: call.second(loss, share=share))
    assert warn_s <= 6.0
    assert clear_s <= 15


def test_a_step_to_5_per_cent_of_sound_alone_takes_as_long_as_chance_lets_it() -> None:
    """The least possible is 8.1 s with a false alarm every other hour in each direction."""
    warn_s, clear_s = times(lambda call, share: call.second(0.05, share=share), calls=60)
    assert warn_s <= 10.5
    assert clear_s <= 15


def test_pictures_make_a_step_to_5_per_cent_known_in_6_s() -> None:
    warn_s, clear_s = times(lambda call, share: call.second(0.05, share=share), 20, per_s=200)
    assert warn_s <= 6.0
    assert clear_s <= 15


def test_a_step_of_delay_is_warned_of_in_6_s_and_cleared_in_15() -> None:
    warn_s, clear_s = times(lambda call, share: call.second(0.0, rtt_s=0.4), calls=10)
    assert warn_s <= 6.0
    assert clear_s <= 15


def test_a_warning_names_the_direction() -> None:
    call = Call(7)
    for _ in range(12):
        call.second(0.0)
    for _ in range(8):
        shown = call.second(0.0, down_loss=0.2)
    assert shown.cause is Cause.LOSS_DOWN


def test_the_words_stay_until_the_level_goes_up() -> None:
    call = Call(8)
    for _ in range(12):
        call.second(0.0)
    for _ in range(8):
        call.second(0.08)
    shown = [call.second(0.0) for _ in range(6)]
    assert {each.cause for each in shown} == {Cause.LOSS_UP}
    assert Level.GOOD not in {each.level for each in shown}


# by hand, look by look


def looks(hysteresis: Hysteresis, measured: list[Measured], start: float = 0.0) -> list[Level]:
    return [
        hysteresis.look(each, each, start + n).level for n, each in enumerate(measured, start=1)
    ]


FINE = Measured(rtt_s=0.04, up=GOOD, down=GOOD)
SLOW = Measured(rtt_s=0.2, up=GOOD, down=GOOD)
SLOWER = Measured(rtt_s=0.4, up=GOOD, down=GOOD)
OURS = Measured(rtt_s=0.4, up=way(0.2), down=GOOD, node=NodeHealth(loop_lag_p95_s=0.1))


def test_two_bad_looks_of_five_are_not_enough() -> None:
    levels = looks(Hysteresis(), [FINE, SLOW, FINE, FINE, SLOW, FINE, FINE, FINE, SLOW, FINE])
    assert set(levels) == {Level.GOOD}


def test_three_bad_looks_of_five_are_enough() -> None:
    assert looks(Hysteresis(), [FINE, SLOW, FINE, SLOW, FINE, SLOW])[-1] is Level.FAIR


def test_it_goes_down_further_when_it_gets_worse() -> None:
    hysteresis = Hysteresis()
    assert looks(hysteresis, [SLOW] * 4)[-1] is Level.FAIR
    assert looks(hysteresis, [SLOWER] * 3, start=4.0) == [Level.FAIR, Level.FAIR, Level.POOR]


def test_it_goes_up_after_ten_good_seconds_and_no_sooner() -> None:
    hysteresis = Hysteresis()
    looks(hysteresis, [SLOW] * 5)
    assert looks(hysteresis, [FINE] * 10, start=5.0) == [Level.FAIR] * 9 + [Level.GOOD]


def test_one_bad_look_makes_the_ten_seconds_begin_anew() -> None:
    hysteresis = Hysteresis()
    looks(hysteresis, [SLOW] * 5)
    levels = looks(hysteresis, [*[FINE] * 6, SLOW, *[FINE] * 10], start=5.0)
    assert levels == [Level.FAIR] * 16 + [Level.GOOD]


def test_no_call_is_shown_only_when_it_is_sure() -> None:
    little = Measured(rtt_s=0.04, up=way(0.13, packets=150), down=GOOD)
    assert looks(Hysteresis(), [little] * 8)[-1] is Level.POOR
    much = Measured(rtt_s=0.04, up=way(0.4, packets=150), down=GOOD)
    assert looks(Hysteresis(), [much] * 8)[-1] is Level.NO_CALL


def test_our_own_fault_is_shown_at_once_and_released_when_it_is_over() -> None:
    hysteresis = Hysteresis()
    looks(hysteresis, [FINE] * 3)
    quality = hysteresis.look(OURS, OURS, 4.0)
    assert (quality.level, quality.cause) == (Level.UNKNOWN, Cause.SERVER)
    quality = hysteresis.look(FINE, FINE, 5.0)
    assert (quality.level, quality.cause) == (Level.GOOD, Cause.NONE)


def test_looks_before_our_own_fault_do_not_count_after_it() -> None:
    assert looks(Hysteresis(), [FINE, SLOW, SLOW, OURS, SLOW, FINE])[-1] is Level.GOOD


def test_what_our_fault_did_to_the_last_ten_seconds_is_never_laid_on_the_line() -> None:
    """A node that stood still says so for 5 s; its window of 10 s holds late sound longer."""
    hysteresis = Hysteresis()
    looks(hysteresis, [FINE] * 12)
    late_sound = Measured(rtt_s=0.04, up=way(variation_ms=1_500), down=GOOD)
    shown = []
    for second in range(20):
        node = NodeHealth(loop_lag_max_s=2.0) if second < 5 else QUIET
        whole = replace(late_sound if second < 10 else FINE, node=node)
        late = replace(late_sound if second < 3 else FINE, node=node)
        shown.append(hysteresis.look(whole, late, 13.0 + second))
    assert {each.cause for each in shown[:5]} == {Cause.SERVER}
    assert {(each.level, each.cause) for each in shown[5:]} == {(Level.GOOD, Cause.NONE)}
    assert {each.up.delay_variation_ms for each in shown[5:]} == {3.0}


def test_a_fault_in_either_window_is_a_fault() -> None:
    hysteresis = Hysteresis()
    assert hysteresis.look(FINE, OURS, 1.0).cause is Cause.SERVER
    assert hysteresis.look(OURS, FINE, 2.0).cause is Cause.SERVER


def test_what_the_node_dropped_is_a_fault_by_the_packets_of_either_window() -> None:
    for drops, cause in ((1, Cause.NONE), (2, Cause.SERVER)):
        node = NodeHealth(socket_drops=drops)
        whole = Measured(rtt_s=0.04, up=way(packets=500), down=GOOD, node=node)
        late = Measured(rtt_s=0.04, up=way(packets=150), down=GOOD, node=node)
        assert Hysteresis().look(whole, late, 1.0).cause is cause


def test_a_call_begins_as_unknown_and_then_good_until_shown_otherwise() -> None:
    few = Measured(rtt_s=0.04, up=way(packets=20))
    assert looks(Hysteresis(), [few, FINE]) == [Level.UNKNOWN, Level.GOOD]
    assert looks(Hysteresis(), [SLOW] * 3) == [Level.GOOD, Level.GOOD, Level.FAIR]


def test_what_is_shown_while_the_figures_say_otherwise_is_borderline() -> None:
    hysteresis = Hysteresis()
    assert hysteresis.look(SLOW, SLOW, 1.0).borderline
    assert not hysteresis.look(FINE, FINE, 2.0).borderline
