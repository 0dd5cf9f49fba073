"""Time in which a line was full, and what a window tells of the rest."""

from __future__ import annotations

from random import Random

import numpy as np

from sfu.probe.baseline import Baseline, DownSums, UpSums
from sfu.probe.congestion import LEAST_LEFT_S, MAX_SPANS, Congestion
from sfu.relay.seam import FeedbackBatch


def test_times_that_touch_are_one_and_old_ones_are_forgotten() -> None:
    full = Congestion(10.0)
    full.note(1.0, 2.0, 2.0)
    full.note(1.0, 3.0, 3.0)  # it goes on
    full.note(5.0, 6.0, 6.0)
    assert full.covers(np.array([0.9, 1.0, 2.5, 4.0, 5.5])).tolist() == [0, 1, 1, 0, 1]
    assert full.overlaps(2.9, 4.0)
    assert not full.overlaps(3.0, 5.0)
    full.note(13.5, 14.0, 14.0)
    assert not full.overlaps(0.0, 4.0)
    assert full.overlaps(5.0, 7.0)


def test_a_line_that_stays_full_leaves_nothing_out() -> None:
    full = Congestion(10.0)
    assert full.left_out(20.0) is None
    full.note(12.0, 19.0 - LEAST_LEFT_S, 20.0)
    assert full.left_out(20.0) is full
    full.note(12.0, 20.0, 20.0)
    assert full.is_lasting(20.0)
    assert full.left_out(20.0) is None
    assert not full.is_lasting(24.0)


def test_what_is_remembered_is_bounded() -> None:
    full = Congestion(1e9)
    for n in range(10_000):
        full.note(2.0 * n, 2.0 * n + 1, 2.0 * n + 1)
    assert len(full._spans) == MAX_SPANS


def test_losses_and_delays_of_a_full_line_are_left_out_each_way() -> None:
    random = Random(1)
    baseline = Baseline()
    expected = lost = 0
    for second in range(1, 11):
        bad = second in (5, 6)
        expected, lost = expected + 50, lost + (20 if bad else 0)
        delays = [7.0 + bad * 0.3 + 0.001 * random.random() for _ in range(50)]
        baseline.take_up(UpSums(expected, lost, 0.001 * expected, expected), delays, second)
        baseline.take_reports(DownSums(expected, lost), second)
        baseline.take_rtts([0.35 if bad else 0.05], second)
        sent = tuple(second - 1 + n / 50 for n in range(50))
        arrived = tuple(None if bad and n % 3 == 0 else at + 0.1 for n, at in enumerate(sent))
        baseline.take_feedback(FeedbackBatch(second, sent, (100,) * 50, arrived, (0,) * 50))
    assert (baseline.up(10.0).loss_ratio or 0) > 0.05
    for full in (baseline.up_full, baseline.down_full):
        full.note(4.0, 6.0, 10.0)
    up, down = baseline.up(10.0), baseline.down(10.0)
    assert (up.loss_ratio, down.loss_ratio) == (0.0, 0.0)
    assert (up.packets, down.packets) == (350, 399)  # the first look bounds, and tells nothing
    assert (up.delay_variation_ms or 0) < 2
    assert baseline.rtt_s(10.0) == 0.05
    baseline.up_full.note(0.0, 10.0, 10.0)
    assert (baseline.up(10.0).loss_ratio or 0) > 0.05
