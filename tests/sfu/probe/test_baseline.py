"""A line's round trip, loss and delay, against what netlab's line really did."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.netlab.conditions import Conditions, GilbertElliott
from sfu.probe.baseline import Baseline, DownSums, UpSums, with_lost
from sfu.relay.seam import FeedbackBatch
from tests.sfu.probe.lines import Down, Up
from tests.sfu.probe.test_told import batch

PADDING_BPS = 116_000
"""Fifty packets a second."""


def down_of(
    line: Conditions, seconds: float = 4.0, seed: int = 1, drift: float = 0.0
) -> tuple[Baseline, Down]:
    """Measure the way down for so long, with padding."""
    down = Down(line, seed, drift=drift)
    baseline = Baseline(clusters=frozenset({1}))
    down.pad(1, PADDING_BPS, seconds)
    for look in range(1, int(seconds) + 2):
        for told in down.advance(float(look)):
            baseline.take_feedback(told)
    return baseline, down


def up_of(
    line: Conditions, seconds: float = 4.0, seed: int = 1, drift: float = 0.0
) -> tuple[Baseline, Up]:
    """Measure the way up for so long, by its sound."""
    up = Up(line, seed, drift=drift)
    baseline = Baseline()
    for look in range(int(seconds) + 1):
        up.advance(float(look))
        baseline.take_up(*up.take(), float(look))
    return baseline, up


# round trip


def test_the_round_trip_is_the_median_of_the_window() -> None:
    baseline = Baseline()
    baseline.take_rtts([0.9], 0.0)
    for second, rtt_s in enumerate((0.05, 0.06, 0.30, 0.05), start=8):
        baseline.take_rtts([rtt_s], float(second))
    assert baseline.rtt_s(11.0) == pytest.approx(0.055)
    assert baseline.rtt_s(11.0, span_s=1.0) == pytest.approx(0.175)


def test_without_samples_there_is_no_round_trip() -> None:
    baseline = Baseline()
    assert baseline.rtt_s(5.0) is None
    baseline.take_rtts([0.1], 5.0)
    assert baseline.rtt_s(50.0) is None


# loss


def test_loss_up_and_down_lies_in_its_interval_in_93_per_cent() -> None:
    inside = count = 0
    for loss in (0.01, 0.03, 0.08, 0.15):
        for seed in range(15):
            line = Conditions(delay_s=0.02, loss_ratio=loss)
            ups, _ = up_of(line, seed=100 * seed)
            downs, _ = down_of(line, seed=100 * seed + 50)
            for way in (ups.up(4.0), downs.down(5.0)):
                assert way.loss_low is not None
                assert way.loss_high is not None
                inside += way.loss_low <= loss <= way.loss_high
                count += 1
    assert inside >= 0.93 * count


def test_loss_down_is_what_the_line_lost() -> None:
    baseline, down = down_of(Conditions(delay_s=0.02, loss_ratio=0.08), seconds=8)
    way = baseline.down(9.0)
    assert way.packets == pytest.approx(400, abs=12)
    assert round((way.loss_ratio or 0) * way.packets) == pytest.approx(down.lost(), abs=1)


def test_packets_that_overtake_each_other_are_not_lost() -> None:
    line = Conditions(delay_s=0.02, jitter_s=0.02, keep_order=False, reorder_ratio=0.1)
    baseline, _ = down_of(replace(line, reorder_s=0.08))
    assert baseline.down(5.0).loss_ratio == 0


def test_lost_feedback_is_not_loss() -> None:
    down = Down(Conditions(delay_s=0.02), feedback_loss=0.3)
    baseline = Baseline(clusters=frozenset({1}))
    down.pad(1, PADDING_BPS, 4.0)
    for told in down.advance(5.0):
        baseline.take_feedback(told)
    way = baseline.down(5.0)
    assert way.loss_ratio == 0
    assert 100 < way.packets < 180


def test_loss_in_bursts_is_counted_as_well() -> None:
    line = Conditions(delay_s=0.01, bursts=GilbertElliott.of(0.06, 5))
    baseline, down = down_of(line, seconds=8)
    assert round(
        (baseline.down(9.0).loss_ratio or 0) * baseline.down(9.0).packets
    ) == pytest.approx(down.lost(), abs=2)


def test_a_shorter_span_tells_of_its_own_packets() -> None:
    baseline = Baseline()
    for second in range(11):
        lost = 5 * max(second - 8, 0)
        baseline.take_up(UpSums(50 * second, lost, 0.0, 0), [], float(second))
    assert baseline.up(10.0).packets == 500
    assert baseline.up(10.0).loss_ratio == pytest.approx(0.02)
    assert baseline.up(10.0, span_s=3.0).packets == 150
    assert baseline.up(10.0, span_s=3.0).loss_ratio == pytest.approx(10 / 150)


def test_repairs_that_come_late_are_deducted() -> None:
    baseline = Baseline()
    baseline.take_up(UpSums(0, 0, 0.0, 0), [], 0.0)
    baseline.take_up(UpSums(100, 10, 0.0, 0), [], 1.0)
    baseline.take_up(UpSums(200, 4, 0.0, 0), [], 2.0)
    assert baseline.up(2.0).loss_ratio == pytest.approx(0.02)
    baseline.take_up(UpSums(300, 0, 0.0, 0), [], 3.0)
    assert baseline.up(3.0, span_s=1.0).loss_ratio == 0


@pytest.mark.parametrize(
    "after",
    [
        UpSums(3, 0, 0.0, 0),
        UpSums(1_060, 0, 0.1, 5),
        UpSums(40_000, 39_000, 20.0, 1_010),
    ],
    ids=["fewer packets", "fewer variations", "a leap of numbers"],
)
def test_sums_that_start_anew_say_nothing_of_that_second(after: UpSums) -> None:
    baseline = Baseline()
    baseline.take_up(UpSums(950, 0, 19.0, 950), [0.5] * 50, 9.0)
    baseline.take_up(UpSums(1_000, 1, 20.0, 1_000), [0.5] * 50, 10.0)
    baseline.take_up(after, [400.0] * 50, 11.0)
    way = baseline.up(11.0)
    assert (way.packets, way.loss_ratio) == (50, 0.02)
    assert way.delay_variation_ms == 0
    count = after.variation_count
    more = UpSums(after.expected + 50, after.lost, after.variation_sum_s, count)
    baseline.take_up(more, [400.0] * 50, 12.0)
    assert (baseline.up(12.0).packets, baseline.up(12.0).loss_ratio) == (100, 0.01)


def test_a_new_stream_has_another_constant_in_its_delays() -> None:
    baseline = Baseline()
    baseline.take_up(UpSums(950, 0, 19.0, 950), [0.5] * 50, 9.0)
    baseline.take_up(UpSums(1_000, 0, 20.0, 1_000), [0.5] * 50, 10.0)
    baseline.take_up(UpSums(50, 0, 0.1, 50), [3.5] * 50, 11.0)
    assert baseline.up(11.0).delay_variation_ms == 0


def test_nothing_that_came_is_nothing_known() -> None:
    baseline = Baseline()
    assert baseline.up(1.0).packets == 0
    assert baseline.down(1.0).loss_ratio is None
    baseline.take_up(UpSums(0, 0, 0.0, 0), [], 1.0)
    baseline.take_up(UpSums(0, 0, 0.0, 0), [], 2.0)
    assert baseline.up(2.0).loss_ratio is None


def test_more_lost_than_sent_is_never_said() -> None:
    baseline = Baseline()
    baseline.take_reports(DownSums(100, 0), 0.0)
    baseline.take_reports(DownSums(110, 60), 1.0)
    assert baseline.down(1.0).loss_ratio == 1
    baseline.take_reports(DownSums(120, 0), 2.0)
    assert baseline.down(2.0).loss_ratio == 0


def test_reports_of_a_receiver_tell_loss_where_feedback_does_not() -> None:
    baseline = Baseline()
    for second in range(5):
        baseline.take_reports(DownSums(100 * second, 3 * second), float(second))
    assert baseline.down(4.0).packets == 400
    assert baseline.down(4.0).loss_ratio == pytest.approx(0.03)
    assert baseline.down(4.0).jitter_ms is None
    baseline.take_feedback(batch(*((3.0 + n / 100, 8.0 + n / 100) for n in range(60))))
    assert baseline.down(4.0).packets == 60


# delay


@pytest.mark.parametrize("jitter_s", [0.005, 0.015, 0.03])
def test_jitter_is_the_mean_of_d_both_ways(jitter_s: float) -> None:
    """Uniform ±a gives 0.667 a, and a p95 of 0.95 × 2 a above the least (PROBES.md)."""
    line = Conditions(delay_s=0.05, jitter_s=jitter_s, keep_order=False)
    baseline_up, _ = up_of(line, seconds=8)
    baseline_down, _ = down_of(line, seconds=8)
    for way in (baseline_up.up(8.0), baseline_down.down(9.0)):
        assert way.jitter_ms == pytest.approx(667 * jitter_s, rel=0.15)
        assert way.delay_variation_ms == pytest.approx(1900 * jitter_s, rel=0.08)


@pytest.mark.parametrize("drift", [-80e-6, 80e-6])
def test_clocks_that_drift_are_no_jitter(drift: float) -> None:
    line = Conditions(delay_s=0.05, jitter_s=0.002)
    baseline_up, _ = up_of(line, seconds=10, drift=drift)
    baseline_down, _ = down_of(line, seconds=10, drift=drift)
    assert baseline_up.up(10.0).delay_variation_ms == pytest.approx(3.8, abs=0.4)
    assert baseline_down.down(10.5).delay_variation_ms == pytest.approx(3.8, abs=0.5)


def test_a_clock_that_was_set_starts_the_delays_anew() -> None:
    baseline = Baseline()
    baseline.take_up(UpSums(50, 0, 0.1, 50), [10.0] * 50, 1.0)
    baseline.take_up(UpSums(100, 0, 0.2, 100), [90.0] * 50, 2.0)
    assert baseline.up(2.0).delay_variation_ms == 0


# probes that fill the line


def filled() -> list[FeedbackBatch]:
    """Sound that passes, a cluster that is late and lost, and sound that waits behind it."""
    sound = batch(*((0.02 * n, 5.0 + 0.02 * n + 0.01) for n in range(100)))
    late = [(2.0 + 0.01 * n, 7.3 + 0.02 * n if n % 2 else None) for n in range(20)]
    behind = batch(*((2.2 + 0.02 * n, 7.8) for n in range(15)))
    after = batch(*((2.6 + 0.02 * n, 7.6 + 0.02 * n + 0.01) for n in range(20)))
    return [sound, batch(*late, cluster=7), behind, after]


def test_probes_that_fill_the_line_are_neither_loss_nor_jitter() -> None:
    baseline = Baseline()
    for told in filled():
        baseline.take_feedback(told)
    way = baseline.down(3.0)
    assert way.packets == 120
    assert way.loss_ratio == 0
    assert way.delay_variation_ms == pytest.approx(0, abs=0.01)


def test_a_probe_that_counts_is_counted() -> None:
    baseline = Baseline(clusters=frozenset({0, 7}))
    for told in filled():
        baseline.take_feedback(told)
    assert baseline.down(3.0).packets == 155
    assert (baseline.down(3.0).delay_variation_ms or 0) > 100


def test_what_came_while_the_line_was_filled_is_left_out() -> None:
    baseline = Baseline()
    nothing = DownSums(0, 0)
    for second in range(5):
        baseline.take_up(
            UpSums(50 * second, 0, 0.05 * second, 50 * second), [0.5] * 50, float(second)
        )
        baseline.take_reports(DownSums(10 * second, 0), float(second))
    baseline.leave_out(UpSums(900, 300, 9.0, 900), DownSums(90, 50), 5.0)
    baseline.leave_out(UpSums(1_500, 700, 19.0, 1_500), nothing, 6.0)
    baseline.take_up(UpSums(1_550, 701, 19.05, 1_550), [0.5] * 50, 7.0)
    baseline.take_reports(DownSums(10, 1), 7.0)
    way = baseline.up(7.0)
    assert (way.packets, way.loss_ratio) == (250, 1 / 250)
    assert way.jitter_ms == pytest.approx(1.0)
    assert way.delay_variation_ms == 0
    assert (baseline.down(7.0).packets, baseline.down(7.0).loss_ratio) == (50, 1 / 50)


# more packets for the loss alone


def test_more_packets_narrow_the_interval_and_leave_delays_alone() -> None:
    baseline = Baseline()
    for second in range(5):
        baseline.take_up(UpSums(50 * second, second, 0.001 * second, second), [], float(second))
    way = baseline.up(4.0)
    more = with_lost(way, 200, 6)
    assert (more.packets, more.loss_ratio) == (400, 10 / 400)
    assert more.jitter_ms == way.jitter_ms
    assert (more.loss_high or 0) - (more.loss_low or 0) < (way.loss_high or 0) - (way.loss_low or 0)


def test_no_more_packets_change_nothing() -> None:
    baseline = Baseline()
    assert with_lost(baseline.up(1.0), 0, 0) == baseline.up(1.0)
