"""A level and one cause from what was measured."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from sfu.messages import Cause, DirectionQuality, Level
from sfu.probe.figures import wilson
from sfu.probe.verdict import (
    LOSS_RATIO,
    VARIATION_MS,
    Measured,
    NodeHealth,
    judge,
    severity,
    sure_level,
)


def way(
    loss: float = 0.0,
    packets: int = 500,
    variation_ms: float = 3.0,
    capacity_bps: int | None = None,
    is_bound: bool = False,
) -> DirectionQuality:
    """Make one direction as a baseline measures it."""
    share = wilson(round(loss * packets), packets)
    return DirectionQuality(
        packets=packets,
        loss_ratio=share.point,
        loss_low=share.low,
        loss_high=share.high,
        jitter_ms=variation_ms / 3,
        delay_variation_ms=variation_ms,
        capacity_bps=capacity_bps,
        capacity_is_bound=is_bound,
    )


GOOD = way()


def level(measured: Measured) -> Level:
    return judge(measured).level


# thresholds, one metric at a time


@pytest.mark.parametrize(
    ("rtt_s", "expected"),
    [
        (0.150, Level.GOOD),
        (0.151, Level.FAIR),
        (0.300, Level.FAIR),
        (0.301, Level.POOR),
        (0.600, Level.POOR),
        (0.601, Level.NO_CALL),
    ],
)
def test_the_round_trip_has_the_thresholds_of_the_table(rtt_s: float, expected: Level) -> None:
    quality = judge(Measured(rtt_s=rtt_s, up=GOOD, down=GOOD))
    assert quality.level is expected
    assert quality.cause is (Cause.NONE if expected is Level.GOOD else Cause.DELAY)


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (0.010, Level.GOOD),
        (0.012, Level.FAIR),
        (0.030, Level.FAIR),
        (0.032, Level.POOR),
        (0.100, Level.POOR),
        (0.102, Level.NO_CALL),
    ],
)
def test_loss_has_the_thresholds_of_the_table_in_either_direction(
    loss: float, expected: Level
) -> None:
    up = judge(Measured(rtt_s=0.02, up=way(loss), down=GOOD))
    down = judge(Measured(rtt_s=0.02, up=GOOD, down=way(loss)))
    assert up.level is down.level is expected
    if expected is not Level.GOOD:
        assert (up.cause, down.cause) == (Cause.LOSS_UP, Cause.LOSS_DOWN)


@pytest.mark.parametrize(
    ("ms", "expected"),
    [(30, Level.GOOD), (31, Level.FAIR), (60, Level.FAIR), (61, Level.POOR), (900, Level.POOR)],
)
def test_delay_variation_alone_never_forbids_a_call(ms: float, expected: Level) -> None:
    quality = judge(Measured(rtt_s=0.02, up=GOOD, down=way(variation_ms=ms)))
    assert quality.level is expected
    assert quality.cause is (Cause.NONE if expected is Level.GOOD else Cause.JITTER_DOWN)


@pytest.mark.parametrize(
    ("bps", "expected"),
    [
        (1_200_000, Level.GOOD),
        (1_183_000, Level.GOOD),  # netlab's line of 1,200 kbit/s, less RTCP and messages
        (1_149_000, Level.FAIR),
        (500_000, Level.FAIR),
        (490_000, Level.POOR),
        (100_000, Level.POOR),
        (99_000, Level.NO_CALL),
    ],
)
def test_capacity_has_the_thresholds_of_the_table(bps: int, expected: Level) -> None:
    quality = judge(Measured(rtt_s=0.02, up=way(capacity_bps=bps), down=GOOD))
    assert quality.level is expected
    assert quality.cause is (Cause.NONE if expected is Level.GOOD else Cause.CAPACITY_UP)


def test_a_bound_below_the_threshold_says_nothing_against_a_line() -> None:
    bound = way(capacity_bps=400_000, is_bound=True)
    assert level(Measured(rtt_s=0.02, up=GOOD, down=bound)) is Level.GOOD
    assert not judge(Measured(rtt_s=0.02, up=GOOD, down=bound)).borderline


def test_the_worst_metric_wins() -> None:
    measured = Measured(rtt_s=0.2, up=way(0.05), down=way(variation_ms=40))
    assert level(measured) is Level.POOR


# one cause


def test_the_cause_is_the_metric_that_is_worst_within_its_thresholds() -> None:
    """5 % loss is farther into poor than 310 ms are."""
    measured = Measured(rtt_s=0.31, up=GOOD, down=way(0.05))
    assert judge(measured).cause is Cause.LOSS_DOWN
    measured = Measured(rtt_s=0.55, up=GOOD, down=way(0.05))
    assert judge(measured).cause is Cause.DELAY


def test_of_two_directions_that_lose_the_worse_is_named() -> None:
    assert judge(Measured(rtt_s=0.02, up=way(0.04), down=way(0.08))).cause is Cause.LOSS_DOWN
    assert judge(Measured(rtt_s=0.02, up=way(0.30), down=way(0.12))).cause is Cause.LOSS_UP


def test_a_good_line_has_no_cause() -> None:
    assert judge(Measured(rtt_s=0.02, up=GOOD, down=way(0.008))).cause is Cause.NONE


def test_delay_under_load_is_named_when_nothing_else_is_worse() -> None:
    idle = Measured(rtt_s=0.05, up=GOOD, down=GOOD, loaded_rtt_s=0.26)
    assert judge(idle).cause is Cause.BUFFERBLOAT
    assert judge(idle).level is Level.GOOD
    little = Measured(rtt_s=0.05, up=GOOD, down=GOOD, loaded_rtt_s=0.24)
    assert judge(little).cause is Cause.NONE
    lossy = Measured(rtt_s=0.05, up=way(0.05), down=GOOD, loaded_rtt_s=0.9)
    assert judge(lossy).cause is Cause.LOSS_UP


def test_severity_rises_through_the_levels_without_a_leap() -> None:
    values = [n / 2000 for n in range(1, 600)]
    found = [severity(value, LOSS_RATIO) for value in values]
    assert found == sorted(found)
    assert max(b - a for a, b in pairwise(found)) < 0.3
    assert severity(0.01, LOSS_RATIO) == pytest.approx(1)
    assert severity(0.03, LOSS_RATIO) == pytest.approx(2)
    assert severity(0.10, LOSS_RATIO) == pytest.approx(3)
    assert severity(0.2, LOSS_RATIO) > 3
    assert severity(10_000, VARIATION_MS) == 3
    assert severity(0, LOSS_RATIO) == 0


# borderline


def test_a_threshold_inside_the_interval_is_borderline() -> None:
    assert judge(Measured(rtt_s=0.02, up=way(0.008), down=GOOD)).borderline
    assert judge(Measured(rtt_s=0.02, up=way(0.04, packets=300), down=GOOD)).borderline
    assert not judge(Measured(rtt_s=0.02, up=way(0.06, packets=900), down=GOOD)).borderline


def test_a_short_check_that_lost_nothing_is_not_close_to_the_limit() -> None:
    clean = way(packets=200)
    assert (clean.loss_high or 0) > 0.01
    assert not judge(Measured(rtt_s=0.02, up=clean, down=clean)).borderline


def test_delays_and_capacities_near_a_threshold_are_borderline() -> None:
    assert judge(Measured(rtt_s=0.147, up=GOOD, down=GOOD)).borderline
    assert not judge(Measured(rtt_s=0.140, up=GOOD, down=GOOD)).borderline
    assert judge(Measured(rtt_s=0.02, up=way(variation_ms=32), down=GOOD)).borderline
    assert not judge(Measured(rtt_s=0.02, up=way(variation_ms=35), down=GOOD)).borderline
    assert judge(Measured(rtt_s=0.02, up=way(capacity_bps=1_150_000), down=GOOD)).borderline
    assert not judge(Measured(rtt_s=0.02, up=way(capacity_bps=900_000), down=GOOD)).borderline


def test_what_a_worse_metric_covers_is_not_borderline() -> None:
    """Poor by 6 % of loss, whatever side of 150 ms the round trip is."""
    assert not judge(Measured(rtt_s=0.15, up=way(0.06, packets=900), down=GOOD)).borderline


# nobody is blamed


@pytest.mark.parametrize(
    "node",
    [
        NodeHealth(loop_lag_p95_s=0.021),
        NodeHealth(loop_lag_max_s=0.2),
        NodeHealth(socket_drops=300),
    ],
    ids=["late", "stopped", "full socket"],
)
def test_a_node_at_fault_judges_no_line(node: NodeHealth) -> None:
    quality = judge(Measured(rtt_s=0.9, up=way(0.3), down=way(0.3), node=node))
    assert (quality.level, quality.cause) == (Level.UNKNOWN, Cause.SERVER)
    assert not quality.borderline


def test_a_node_that_is_hardly_late_judges() -> None:
    node = NodeHealth(loop_lag_p95_s=0.02, loop_lag_max_s=0.15)
    assert level(Measured(rtt_s=0.02, up=GOOD, down=GOOD, node=node)) is Level.GOOD


def test_what_the_node_dropped_excuses_a_line_from_a_hundredth_of_its_packets_on() -> None:
    """Sound alone, over ten seconds: five of 500."""
    for drops, cause in ((1, Cause.LOSS_UP), (4, Cause.LOSS_UP), (5, Cause.SERVER)):
        node = NodeHealth(socket_drops=drops)
        lossy = Measured(rtt_s=0.02, up=way(0.05, packets=500), down=GOOD, node=node)
        assert judge(lossy).cause is cause


def test_what_the_node_dropped_may_have_gone_the_way_of_fewer_packets() -> None:
    node = NodeHealth(socket_drops=5)
    for up, down in ((500, 3000), (3000, 500)):
        assert Measured(up=way(packets=up), down=way(packets=down), node=node).is_ours
    assert Measured(down=way(packets=500), node=node).is_ours
    assert not Measured(up=way(packets=3000), down=way(packets=3000), node=node).is_ours


def test_where_nothing_comes_any_dropped_datagram_may_be_why() -> None:
    assert judge(Measured(node=NodeHealth(socket_drops=1))).cause is Cause.SERVER


def test_whatever_the_node_dropped_all_alone_makes_no_good_line_a_bad_one() -> None:
    """All of them this line's: it is good, or the server is named; never the line."""
    for packets in (50, 99, 100, 101, 150, 500, 3000):
        for drops in range(1, packets // 2):
            lost = way(drops / packets, packets=packets)
            node = NodeHealth(socket_drops=drops)
            quality = judge(Measured(rtt_s=0.02, up=lost, down=way(packets=3000), node=node))
            assert quality.level is Level.GOOD or quality.cause is Cause.SERVER


def test_too_few_packets_tell_nothing() -> None:
    few = way(0.5, packets=49)
    quality = judge(Measured(rtt_s=0.9, up=few, down=DirectionQuality()))
    assert (quality.level, quality.cause) == (Level.UNKNOWN, Cause.NONE)
    assert level(Measured(rtt_s=0.02, up=way(packets=50))) is Level.GOOD


def test_nothing_measured_is_unknown() -> None:
    assert level(Measured()) is Level.UNKNOWN
    assert judge(Measured()).r_factor is None


# figures that go along


def test_figures_go_along_in_milliseconds() -> None:
    quality = judge(Measured(rtt_s=0.0504, up=GOOD, down=way(0.02), loaded_rtt_s=0.3))
    assert quality.rtt_ms == 50.4
    assert quality.loaded_rtt_ms == 300
    assert quality.up == GOOD
    assert quality.delay_ms is None
    assert quality.r_factor == pytest.approx(93.2 - 190 / 22, abs=0.1)


def test_what_a_line_surely_is_needs_more_than_a_point() -> None:
    measured = Measured(rtt_s=0.02, up=way(0.02), down=GOOD)
    assert level(measured) is Level.FAIR
    assert sure_level(measured, z=4.0) is Level.GOOD
    assert sure_level(Measured(rtt_s=0.02, up=way(0.04), down=GOOD), z=4.0) is Level.FAIR
    assert sure_level(Measured(rtt_s=0.155, up=GOOD, down=GOOD), z=4.0) is Level.GOOD
    assert sure_level(Measured(rtt_s=0.165, up=GOOD, down=GOOD), z=4.0) is Level.FAIR


# a cause and its consequences


def test_jitter_that_a_narrow_line_s_queue_explains_is_its_capacity_s() -> None:
    """As seen with Chromium: its camera at 150 kbit/s comes in bursts."""
    seen = ((250_000, 110.0), (250_000, 168.0), (250_000, 254.0), (600_000, 75.0), (60_000, 400.0))
    for bps, variation_ms in seen:
        quality = judge(Measured(0.05, way(variation_ms=variation_ms, capacity_bps=bps), GOOD))
        assert quality.level in (Level.POOR, Level.NO_CALL)
        assert quality.cause is Cause.CAPACITY_UP


@pytest.mark.parametrize(
    ("up", "reason"),
    [
        (way(variation_ms=110, capacity_bps=1_000_000), "more than a burst's wait"),
        (way(variation_ms=110, capacity_bps=250_000, is_bound=True), "a bound may be exceeded"),
        (way(variation_ms=35, capacity_bps=1_300_000), "wide enough for all"),
        (way(variation_ms=110), "capacity unknown"),
    ],
)
def test_other_jitter_stays_a_cause(up: DirectionQuality, reason: str) -> None:
    assert judge(Measured(0.05, up, GOOD)).cause is Cause.JITTER_UP, reason


def test_one_direction_s_capacity_explains_no_jitter_of_the_other() -> None:
    narrow = way(capacity_bps=700_000)
    assert judge(Measured(0.05, narrow, way(variation_ms=75))).cause is Cause.JITTER_DOWN
    assert judge(Measured(0.05, way(variation_ms=75), narrow)).cause is Cause.JITTER_UP


def test_padding_comes_evenly_so_that_little_jitter_down_is_a_queue_s() -> None:
    down = way(variation_ms=45, capacity_bps=250_000)
    assert judge(Measured(0.05, GOOD, down)).cause is Cause.CAPACITY_DOWN
    down = way(variation_ms=110, capacity_bps=550_000)
    assert judge(Measured(0.05, GOOD, down)).cause is Cause.JITTER_DOWN


@pytest.mark.parametrize(("bps", "variation_ms"), [(250_000, 110), (300_000, 80), (300_000, 150)])
def test_pictures_of_a_call_come_in_bursts_down_as_well(bps: int, variation_ms: float) -> None:
    down = way(variation_ms=variation_ms, capacity_bps=bps)
    assert judge(Measured(0.05, GOOD, down)).cause is Cause.JITTER_DOWN
    call = Measured(0.05, GOOD, down, in_call=True)
    assert judge(call).cause is Cause.CAPACITY_DOWN
    wide = way(variation_ms=variation_ms, capacity_bps=900_000)
    assert judge(replace(call, down=wide)).cause is Cause.JITTER_DOWN


@pytest.mark.parametrize("is_up", [True, False], ids=["up", "down"])
def test_jitter_of_the_pictures_that_fill_a_wide_line_is_no_fault_of_it(is_up: bool) -> None:
    def level(jittery: DirectionQuality, *, in_call: bool = True) -> Level:
        up, down = (jittery, GOOD) if is_up else (GOOD, jittery)
        return judge(Measured(0.05, up, down, in_call=in_call)).level

    full = way(variation_ms=55, capacity_bps=2_000_000)
    assert level(full) is Level.GOOD
    assert level(full, in_call=False) is Level.FAIR
    assert level(way(variation_ms=65, capacity_bps=2_000_000)) is Level.POOR
    assert level(way(variation_ms=45, capacity_bps=2_000_000, is_bound=True)) is Level.FAIR
    assert level(way(variation_ms=45)) is Level.FAIR


def test_loss_is_told_beside_a_narrow_line() -> None:
    up = way(loss=0.09, variation_ms=35, capacity_bps=600_000)
    assert judge(Measured(0.05, up, GOOD)).cause is Cause.LOSS_UP


def test_loss_of_a_narrow_line_that_stays_full_is_its_capacity_s() -> None:
    narrow = way(loss=0.15, capacity_bps=300_000)
    down = judge(Measured(0.05, GOOD, narrow, down_is_full=True))
    assert (down.level, down.cause) == (Level.NO_CALL, Cause.CAPACITY_DOWN)
    up = judge(Measured(0.05, narrow, GOOD, up_is_full=True))
    assert up.cause is Cause.CAPACITY_UP


@pytest.mark.parametrize(
    ("measured", "reason"),
    [
        (Measured(0.05, GOOD, way(0.15, capacity_bps=300_000)), "not full"),
        (
            Measured(0.05, GOOD, way(0.15, capacity_bps=300_000), up_is_full=True),
            "the other direction is",
        ),
        (
            Measured(0.05, GOOD, way(0.15, capacity_bps=1_300_000), down_is_full=True),
            "wide enough for all",
        ),
        (
            Measured(0.05, GOOD, way(0.15, capacity_bps=300_000, is_bound=True), down_is_full=True),
            "a bound may be exceeded",
        ),
    ],
)
def test_other_loss_stays_a_cause(measured: Measured, reason: str) -> None:
    assert judge(measured).cause is Cause.LOSS_DOWN, reason
