"""Clusters of padding: what they say, when they go out, and what they may cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.netlab.conditions import Conditions, steady
from sfu.bandwidth.downlink.probing import Cluster, Probe, Verdict
from sfu.bandwidth.downlink.window import Window
from sfu.relay.seam import FeedbackBatch
from tests.sfu.bandwidth.downlink.builders import every, feedback, through
from tests.sfu.bandwidth.downlink.lines import run, steady_line
from tests.support.downlink import Downlink, Kind, World

PROBE = Probe(cluster=7, rate_bps=1_000_000, duration_s=0.2)


def _verdict(batch: FeedbackBatch) -> Verdict | None:
    cluster = Cluster(PROBE, now=100.0, rtt_s=0.05)
    assert cluster.take(Window().take(batch))
    return cluster.verdict()


def test_a_cluster_that_arrives_as_it_left_passed_at_the_rate_it_was_sent() -> None:
    verdict = _verdict(feedback(every(0.01, 21), size=1222, cluster=7))
    assert verdict is not None
    assert verdict.passed
    assert verdict.sent_bps == pytest.approx(1_000_000, rel=0.01)


def test_a_cluster_that_filled_the_line_says_what_it_carries() -> None:
    verdict = _verdict(through(600_000, every(0.01, 21), size=1222, cluster=7))
    assert verdict is not None
    assert not verdict.passed
    assert verdict.capacity_bps == pytest.approx(600_000, rel=0.02)


def test_a_cluster_that_lost_a_tenth_did_not_pass() -> None:
    batch = feedback(every(0.01, 21), size=1222, cluster=7)
    arrived = tuple(None if n % 7 == 3 else at for n, at in enumerate(batch.arrived_at))
    verdict = _verdict(replace(batch, arrived_at=arrived))
    assert verdict is not None
    assert not verdict.passed


def test_a_cluster_of_which_next_to_nothing_is_told_says_nothing() -> None:
    assert _verdict(feedback([100.0, 100.1, 100.25], cluster=7)) is None


def test_a_cluster_waits_for_feedback_about_its_last_packet() -> None:
    cluster = Cluster(PROBE, now=100.0, rtt_s=0.05)
    assert not cluster.take(Window().take(feedback(every(0.01, 10), cluster=7)))


def test_clusters_stay_within_one_and_a_half_times_the_target() -> None:
    call = run(World(steady_line(5_000_000), back_s=0.025), 10)
    assert call.probes
    for at, probe in call.probes:
        target = [bps for when, bps in call.targets if when <= at][-1]
        assert probe.rate_bps <= 1.51 * target
        assert probe.duration_s == pytest.approx(0.2)


def test_no_cluster_goes_out_beyond_what_is_wanted() -> None:
    world = World(steady_line(5_000_000), back_s=0.025, wanted_bps=800_000)
    call = run(world, 20)
    assert max(probe.rate_bps for _, probe in call.probes) <= 1.2 * 840_000
    assert call.targets[-1][1] <= 1.2 * 840_000


def test_a_settled_call_with_a_full_picture_is_not_probed() -> None:
    call = run(World(steady_line(1_000_000), back_s=0.025), 60)
    assert call.delivered_bps(10, 60, Kind.PADDING) <= 0.005 * call.delivered_bps(10, 60)


def test_a_still_picture_pays_two_hundredths_for_padding_and_learns_what_it_could_use() -> None:
    world = World(steady_line(2_000_000), back_s=0.025, content_bps=150_000)
    call = run(world, 180)
    assert [at for at, _ in call.probes if at > 30]
    assert call.delivered_bps(30, 180, Kind.PADDING) <= 0.02 * call.delivered_bps(30, 180)
    assert 1_500_000 <= call.targets[-1][1] <= 2_000_000


def test_a_still_picture_does_not_raise_the_target_without_a_cluster() -> None:
    """Between 15 s and the first cluster after it nothing was learnt, so nothing grows."""
    world = World(steady_line(800_000), back_s=0.025, content_bps=300_000)
    call = run(world, 60)
    first, second = [at for at, _ in call.probes if at > 3][:2]
    targets = [bps for at, bps in call.targets if first + 1.0 < at < second]
    assert max(targets) <= 1.02 * min(targets)


def test_who_only_listens_is_not_probed() -> None:
    call = Downlink(World(steady_line(2_000_000), back_s=0.025, picture=False), start_bps=30_000)
    call.run(20)
    assert call.probes == []


def test_a_line_that_loses_more_than_two_in_a_hundred_is_not_probed() -> None:
    conditions = Conditions(delay_s=0.025, loss_ratio=0.08, rate_bps=2_000_000, queue_s=0.15)
    call = run(World(steady(conditions), back_s=0.025), 30)
    assert [at for at, _ in call.probes if at > 1] == []
