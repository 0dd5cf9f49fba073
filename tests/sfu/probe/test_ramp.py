"""The capacity of a downlink, against lines of netlab."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

import pytest

from benchmarks.netlab.conditions import Conditions, GilbertElliott
from sfu.probe.ramp import CEILING_BPS, LIGHT_CEILING_BPS, DownRamp
from tests.sfu.probe.lines import Down

POLL_S = 0.01
FEEDBACK_LOSS = 0.05
SEEDS = range(12)


class Found(NamedTuple):
    """A ramp that ended, and what it took."""

    ramp: DownRamp
    took_s: float
    size_bytes: int


def climb(
    line: Conditions,
    seed: int = 1,
    rtt_s: float | None = None,
    poll_s: float = POLL_S,
    feedback_every_s: float = 0.06,
    **more: float,
) -> Found:
    """Let a ramp find what a line carries; some of the feedback is lost."""
    down = Down(
        line,
        seed,
        back_s=line.delay_s,
        feedback_every_s=feedback_every_s,
        feedback_loss=FEEDBACK_LOSS,
    )
    rtt_s = 2 * line.delay_s if rtt_s is None else rtt_s
    ramp = DownRamp(0.0, rtt_s=rtt_s, **more)  # type: ignore[arg-type]
    while not ramp.is_done and down.now < 10:
        act(ramp, down)
        for batch in down.advance(down.now + poll_s):
            ramp.receive_feedback(batch, down.now)
            act(ramp, down)
    return Found(ramp, down.now, down.sent_bytes)


def act(ramp: DownRamp, down: Down) -> None:
    probe = ramp.next_probe(down.now)
    if probe is not None:
        down.pad(probe.cluster, probe.rate_bps, probe.duration_s)


def rate_of(seed: int) -> float:
    """Return a rate between 0.3 and 5 Mbit/s, evenly by ratio."""
    return float(300_000 * (5 / 0.3) ** Random(seed).random())


CLEAN = {
    "queue of 80 ms": Conditions(delay_s=0.02, queue_s=0.08),
    "queue of 300 ms": Conditions(delay_s=0.02, queue_s=0.3),
    "far away": Conditions(delay_s=0.15, queue_s=0.3),
    "bucket of 20 kB": Conditions(delay_s=0.02, queue_s=0.08, bucket_bytes=20_000),
    "bucket of 60 kB": Conditions(delay_s=0.02, queue_s=0.3, bucket_bytes=60_000),
}
NOISY = {
    "jitter, loss, queue of 80 ms": Conditions(
        delay_s=0.04, queue_s=0.08, jitter_s=0.015, loss_ratio=0.05
    ),
    "jitter, loss, queue of 300 ms": Conditions(
        delay_s=0.04, queue_s=0.3, jitter_s=0.015, loss_ratio=0.05
    ),
    "jitter without order": Conditions(delay_s=0.04, queue_s=0.3, jitter_s=0.015, keep_order=False),
    "loss in bursts": Conditions(delay_s=0.02, queue_s=0.3, bursts=GilbertElliott.of(0.03, 5)),
}


def narrow(line: Conditions, rate_bps: float) -> Conditions:
    return Conditions(
        **{
            name: getattr(line, name)
            for name in (
                "delay_s",
                "queue_s",
                "jitter_s",
                "loss_ratio",
                "bursts",
                "bucket_bytes",
                "keep_order",
            )
        },
        rate_bps=rate_bps,
    )


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_line_is_measured_within_ten_per_cent(name: str) -> None:
    for seed in SEEDS:
        rate_bps = rate_of(seed)
        line = narrow(CLEAN[name], rate_bps)
        found = climb(line, seed)
        hidden = line.bucket_bytes > 50_000 and rate_bps > 4_200_000  # by its bucket, for 0.8 s
        expected = pytest.approx(rate_bps, rel=0.15 if hidden else 0.10)
        assert found.ramp.capacity_bps == expected, rate_bps
        assert found.took_s < 4.3, rate_bps


@pytest.mark.parametrize("name", NOISY)
def test_a_noisy_line_is_measured_within_fifteen_per_cent(name: str) -> None:
    for seed in SEEDS:
        rate_bps = rate_of(seed)
        line = narrow(NOISY[name], rate_bps)
        usual = line.bursts.loss_ratio if line.bursts else line.loss_ratio
        found = climb(line, seed, usual_loss=usual)
        assert found.ramp.capacity_bps == pytest.approx(rate_bps, rel=0.15), rate_bps


def test_a_bucket_filled_again_while_feedback_was_awaited_does_not_deceive() -> None:
    line = Conditions(delay_s=0.02, rate_bps=450_000, queue_s=0.3, bucket_bytes=60_000)
    assert climb(line, 0).ramp.capacity_bps == pytest.approx(450_000, rel=0.05)


@pytest.mark.parametrize("feedback_every_s", [0.05, 0.1, 0.2])
def test_feedback_and_calls_may_be_rare(feedback_every_s: float) -> None:
    for seed in SEEDS:
        rate_bps = rate_of(seed)
        line = narrow(CLEAN["queue of 300 ms"], rate_bps)
        found = climb(line, seed, poll_s=0.05, feedback_every_s=feedback_every_s)
        assert found.ramp.capacity_bps == pytest.approx(rate_bps, rel=0.10), rate_bps


@pytest.mark.parametrize("rate_bps", [60_000, 120_000, 180_000])
def test_a_line_below_the_first_step_is_measured_too(rate_bps: int) -> None:
    for seed in range(4):
        found = climb(Conditions(delay_s=0.03, rate_bps=rate_bps, queue_s=0.3), seed)
        assert found.ramp.capacity_bps == pytest.approx(rate_bps, rel=0.15)
        assert not found.ramp.is_bound


# bounds


def test_a_line_wider_than_the_ceiling_gets_a_bound() -> None:
    found = climb(Conditions(delay_s=0.02, rate_bps=30e6, queue_s=0.1))
    assert found.ramp.is_bound
    assert found.ramp.capacity_bps == pytest.approx(CEILING_BPS, rel=0.07)
    assert found.ramp.rise_s < 0.02


def test_a_line_that_was_filled_is_no_bound() -> None:
    assert not climb(Conditions(delay_s=0.02, rate_bps=1e6, queue_s=0.1)).ramp.is_bound


def test_a_wide_line_with_jitter_and_loss_is_not_taken_for_full() -> None:
    for seed in SEEDS:
        line = Conditions(delay_s=0.04, jitter_s=0.015, loss_ratio=0.05)
        ramp = climb(line, seed, usual_loss=0.05).ramp
        assert ramp.is_bound, seed
        assert (ramp.capacity_bps or 0) > 2_500_000


def test_a_light_ramp_stops_at_its_ceiling_and_its_bytes() -> None:
    found = climb(Conditions(delay_s=0.02), ceiling_bps=LIGHT_CEILING_BPS, most_bytes=180_000)
    assert found.ramp.is_bound
    assert (found.ramp.capacity_bps or 0) >= 1_200_000
    assert found.size_bytes <= 180_000 * 1.02


def test_no_more_bytes_than_allowed_are_sent() -> None:
    for most_bytes in (30_000, 100_000, 400_000):
        found = climb(Conditions(delay_s=0.02), most_bytes=most_bytes)
        assert found.size_bytes <= most_bytes * 1.02 + 1_000
        assert found.ramp.is_bound


def test_a_ramp_with_less_time_ends_sooner() -> None:
    found = climb(Conditions(delay_s=0.02, rate_bps=600e3, queue_s=0.3), length_s=1.5)
    assert found.took_s < 2.5
    assert found.ramp.capacity_bps is not None


# what load does to the delay


@pytest.mark.parametrize("queue_s", [0.08, 0.3])
def test_the_delay_under_load_is_that_of_the_queue(queue_s: float) -> None:
    ramp = climb(Conditions(delay_s=0.02, rate_bps=600_000, queue_s=queue_s)).ramp
    assert ramp.rise_s == pytest.approx(queue_s, abs=0.03)


def test_it_ends_when_the_queue_had_time_to_drain() -> None:
    down = Down(Conditions(delay_s=0.01, rate_bps=600_000, queue_s=0.04), back_s=0.01)
    ramp = DownRamp(0.0, rtt_s=0.02)
    ends_at = 0.0
    while not ramp.is_drained(down.now):
        probe = ramp.next_probe(down.now)
        if probe is not None:
            down.pad(probe.cluster, probe.rate_bps, probe.duration_s)
            ends_at = down.now + probe.duration_s
        for batch in down.advance(down.now + POLL_S):
            ramp.receive_feedback(batch, down.now)
    assert down.now >= ends_at + 0.34


# what goes wrong


def test_a_browser_that_tells_nothing_leaves_it_unknown() -> None:
    ramp = DownRamp(0.0)
    now, probes = 0.0, 0
    while not ramp.is_done:
        assert ramp.next_timeout() is not None
        probes += ramp.next_probe(now) is not None
        now = round(now + POLL_S, 3)
    assert probes >= 9
    assert ramp.capacity_bps is None
    assert now < 5
    assert ramp.next_timeout() is None
    assert ramp.next_probe(now) is None


def test_a_line_that_loses_everything_ends_all_the_same() -> None:
    found = climb(Conditions(delay_s=0.02, outage=True))
    assert found.ramp.is_done
    assert found.ramp.capacity_bps is None


def test_half_of_the_feedback_lost_still_gives_a_capacity() -> None:
    for seed in SEEDS:
        line = Conditions(delay_s=0.02, rate_bps=900_000, queue_s=0.3)
        down = Down(line, seed, back_s=0.02, feedback_loss=0.5)
        ramp = DownRamp(0.0, rtt_s=0.04)
        while not ramp.is_done:
            act(ramp, down)
            for batch in down.advance(down.now + POLL_S):
                ramp.receive_feedback(batch, down.now)
        assert ramp.capacity_bps == pytest.approx(900_000, rel=0.15)


def test_probes_have_names_of_their_own() -> None:
    ramp = climb(Conditions(delay_s=0.02), first_cluster=60_000).ramp
    assert ramp.clusters.start == 60_000
    assert len(ramp.clusters) >= 9


def test_a_step_begins_only_when_the_one_before_is_over() -> None:
    ramp = DownRamp(5.0)
    first = ramp.next_probe(5.0)
    assert first is not None
    assert ramp.next_timeout() == 5.0 + first.duration_s
    assert ramp.next_probe(5.0 + first.duration_s - 0.01) is None
    second = ramp.next_probe(5.0 + first.duration_s)
    assert second is not None
    assert second.rate_bps == pytest.approx(1.5 * first.rate_bps, rel=0.01)
