"""Pages that lie, clocks that leap, sums that start anew: nothing raises, nothing is nonsense."""

from __future__ import annotations

from random import Random

import pytest

from sfu.messages import DirectionQuality, Level
from sfu.probe.baseline import Baseline, DownSums, UpSums
from sfu.probe.check import Check
from sfu.probe.hysteresis import LATE_S, Hysteresis
from sfu.probe.ramp import CEILING_BPS, MOST_SHARE
from sfu.probe.verdict import Measured
from sfu.relay.seam import FeedbackBatch, Intake
from tests.sfu.probe.lab import BEGAN

SEEDS = range(40)


def any_time(random: Random, now: float) -> float:
    """Return a time that may be any: near, far, before the beginning, the same again."""
    return random.choice(
        (now, now + random.gauss(0, 0.05), random.uniform(-1e6, 1e6), 0.0, now - 64)
    )


def any_batch(random: Random, now: float, clusters: list[int]) -> FeedbackBatch:
    """Return feedback whose sending times are ours, and so ascend, and all else is a lie."""
    count = random.choice((0, 1, 2, 15, 60))
    sent = sorted(now - random.choice((0.0, 0.1, 0.3)) * random.random() for _ in range(count))
    alike = random.random() < 0.2
    return FeedbackBatch(
        at=now,
        sent_at=tuple(now - 0.1 if alike else at for at in sent),
        size_bytes=tuple(random.choice((0, 60, 290, 1200)) for _ in sent),
        arrived_at=tuple(None if random.random() < 0.3 else any_time(random, now) for _ in sent),
        cluster=tuple(random.choice(clusters) for _ in sent),
    )


def any_sums(random: Random) -> UpSums:
    top = random.choice((0, 50, 5_000, 2**31))
    return UpSums(
        random.randint(0, top),
        random.randint(0, top),
        random.random() * top,
        random.randint(0, top),
    )


def check_direction(way: DirectionQuality) -> None:
    assert way.packets >= 0
    if way.loss_ratio is not None:
        assert way.loss_low is not None
        assert way.loss_high is not None
        assert 0 <= way.loss_low <= way.loss_ratio <= way.loss_high <= 1
    assert (way.jitter_ms or 0) >= 0
    assert (way.delay_variation_ms or 0) >= 0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_baseline_of_lies_is_never_nonsense(seed: int) -> None:
    random = Random(seed)
    baseline, hysteresis = Baseline(), Hysteresis()
    now = 100.0
    for _ in range(60):
        now += random.choice((0.0, 0.05, 1.0, 30.0))
        baseline.take_feedback(any_batch(random, now, [0, 0, 0, 7]))
        baseline.take_up(any_sums(random), [any_time(random, now) for _ in range(5)], now)
        baseline.take_reports(DownSums(random.randint(0, 9_000), random.randint(0, 9_000)), now)
        baseline.take_rtts([random.random()], now)
        both = []
        for span_s in (10.0, LATE_S):
            up, down = baseline.up(now, span_s), baseline.down(now, span_s)
            check_direction(up)
            check_direction(down)
            both.append(Measured(baseline.rtt_s(now, span_s), up, down))
        assert hysteresis.look(both[0], both[1], now).level in Level


@pytest.mark.parametrize("seed", SEEDS)
def test_a_check_among_lies_ends_in_time_with_a_report(seed: int) -> None:
    random = Random(seed)
    check = Check(0.0, light=random.random() < 0.2)
    now = 0.0
    clusters = [0]
    while not check.is_done:
        while (action := check.next_action(now)) is not None:
            clusters.append(getattr(action, "cluster", 0))
        now += random.choice((0.0, 0.01, 0.05, 0.3))
        check.receive_feedback(any_batch(random, now, clusters), now)
        check.receive_up(any_sums(random), [any_time(random, now)], now)
        delay = None if random.random() < 0.1 else any_time(random, now)
        sums = any_sums(random)
        check.receive_intake(Intake(sums.expected * 900, sums.expected, sums.lost, delay), now)
        check.receive_rtts([random.random()], now)
        check.receive_frames([(now, random.randint(0, 9_000))])
        check.receive_sound(now, random.uniform(-127, 0))
        report = check.report(now, BEGAN)
        for way in (report.quality.up, report.quality.down):
            check_direction(way)
            assert (way.capacity_bps or 0) >= 0
        assert (report.quality.down.capacity_bps or 0) <= MOST_SHARE * CEILING_BPS
    assert now <= 10.5
