"""The capacity of an uplink, against lines of netlab and a page as rough as it is short."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import pytest

from benchmarks.netlab.conditions import Conditions, GilbertElliott
from sfu.probe.upramp import UpRamp
from sfu.relay.seam import Intake
from tests.sfu.probe.lines import Picture, Up

LOOK_S = 0.06
SEEDS = range(10)


def climb(line: Conditions, seed: int = 1, noise_s: float = 0.0, usual_loss: float = 0.0) -> UpRamp:
    """Let a page send pictures of noise after a second of sound."""
    up = Up(line, seed)
    up.advance(1.0)
    up.intake()
    picture = Picture(up, 2_500_000)
    ramp = UpRamp(1.0, noise_s=noise_s, usual_loss=usual_loss)
    now = 1.0
    while not ramp.is_done:
        picture.advance(now)
        ramp.take(up.intake(), now)
        now += LOOK_S
    return ramp


@pytest.mark.parametrize("rate_bps", [250_000, 600_000, 1_200_000, 2_000_000])
@pytest.mark.parametrize("queue_s", [0.08, 0.3])
def test_a_clean_line_is_measured_within_ten_per_cent(rate_bps: int, queue_s: float) -> None:
    ramp = climb(Conditions(delay_s=0.02, rate_bps=rate_bps, queue_s=queue_s))
    assert ramp.capacity_bps == pytest.approx(rate_bps, rel=0.10)
    assert not ramp.is_bound


@pytest.mark.parametrize("rate_bps", [250_000, 600_000, 1_200_000, 2_000_000])
def test_two_per_cent_of_loss_and_jitter_leave_it_in_bounds(rate_bps: int) -> None:
    for seed in SEEDS:
        line = Conditions(
            delay_s=0.04, jitter_s=0.015, rate_bps=rate_bps, queue_s=0.3, loss_ratio=0.02
        )
        ramp = climb(line, seed, noise_s=0.028, usual_loss=0.02)
        assert 0.8 * rate_bps <= (ramp.capacity_bps or 0) <= 1.1 * rate_bps
        assert not ramp.is_bound


def test_a_token_bucket_does_not_deceive() -> None:
    for seed in SEEDS:
        line = Conditions(delay_s=0.02, rate_bps=800_000, queue_s=0.3, bucket_bytes=40_000)
        assert climb(line, seed).capacity_bps == pytest.approx(800_000, rel=0.10)


@pytest.mark.parametrize("jitter_s", [0.0, 0.0185])
def test_a_token_bucket_with_a_short_queue_does_not_either(jitter_s: float) -> None:
    """It drops what jitter hides that it holds; before, its credit let through twice as much."""
    for seed in SEEDS:
        line = Conditions(
            delay_s=0.04, jitter_s=jitter_s, rate_bps=400_000, queue_s=0.06, bucket_bytes=40_000
        )
        ramp = climb(line, seed, noise_s=1.8 * jitter_s)
        assert ramp.capacity_bps == pytest.approx(400_000, rel=0.10)
        assert not ramp.is_bound


@pytest.mark.parametrize(
    "line",
    [
        Conditions(delay_s=0.04, loss_ratio=0.10),
        Conditions(delay_s=0.04, bursts=GilbertElliott.of(0.12, 4)),
    ],
)
def test_random_loss_is_no_full_line(line: Conditions) -> None:
    for seed in SEEDS:
        ramp = climb(line, seed, usual_loss=0.06)
        assert ramp.is_bound
        assert (ramp.capacity_bps or 0) > 1_500_000


def test_a_wide_line_gets_a_bound_of_what_came() -> None:
    ramp = climb(Conditions(delay_s=0.02))
    assert ramp.is_bound
    assert (ramp.capacity_bps or 0) > 2_000_000
    assert ramp.rise_s < 0.01


def test_jitter_alone_is_no_full_line() -> None:
    for seed in SEEDS:
        line = Conditions(delay_s=0.04, jitter_s=0.015, loss_ratio=0.02)
        assert climb(line, seed, noise_s=0.028, usual_loss=0.02).is_bound


def test_the_delay_under_load_is_told() -> None:
    assert climb(Conditions(delay_s=0.02, rate_bps=250_000, queue_s=0.3)).rise_s > 0.2


# by hand


def looks(ramp: UpRamp, *rows: tuple[float, int, int, int, float | None]) -> None:
    """Give sums: a time, bytes, packets sent, packets received, a delay."""
    for at, size_bytes, expected, received, delay_s in rows:
        ramp.take(Intake(size_bytes, expected, received, delay_s), at)


def test_a_line_that_drops_without_a_queue_is_full_by_its_loss() -> None:
    """As a policer does: 1 Mbit/s pass of 1.5."""
    ramp = UpRamp(0.0)
    for n in range(26):
        received = 12 * n
        looks(ramp, (0.1 * n, received * (1042 - 28), 18 * n, received, 5.0))
    assert ramp.is_done
    assert not ramp.is_bound
    assert ramp.capacity_bps == pytest.approx(12 * 1042 * 8 * 10, rel=0.02)


def test_loss_before_more_came_was_no_full_line() -> None:
    ramp = UpRamp(0.0)
    received = expected = 0
    for n in range(26):
        received += 10 if n < 13 else 20
        expected += 15 if n < 13 else 20
        looks(ramp, (0.1 * n, 1_000 * received, expected, received, 5.0))
    assert ramp.is_bound
    assert ramp.capacity_bps == pytest.approx(20 * 1_028 * 8 * 10, rel=0.02)


def test_what_a_second_lost_beyond_the_usual_is_not_the_line_s_own() -> None:
    ramp = UpRamp(0.0)
    received = expected = 0
    for n in range(26):
        received += 16 if 3 <= n < 13 else 20
        expected += 20
        looks(ramp, (0.1 * n, 1_000 * received, expected, received, 5.0))
    assert ramp.is_bound
    assert ramp.usual_packets() == (0, 0)


def test_without_sound_or_loss_there_is_a_bound_only() -> None:
    ramp = UpRamp(0.0)
    for n in range(26):
        looks(ramp, (0.1 * n, 12_500 * n - 28 * 12 * n, 12 * n, 12 * n, None))
    assert ramp.is_bound
    assert ramp.capacity_bps == pytest.approx(1_000_000, rel=0.01)
    assert ramp.rise_s == 0


def test_nothing_that_comes_is_no_capacity_to_speak_of() -> None:
    ramp = UpRamp(0.0)
    assert ramp.capacity_bps is None
    assert ramp.size_bytes == 0
    looks(ramp, (0.1, 5_000, 10, 10, 1.0))
    assert ramp.capacity_bps is None


def test_a_short_queue_is_no_full_line() -> None:
    ramp = UpRamp(0.0)
    for n in range(26):
        delay = 5.05 if 10 <= n < 13 else 5.0
        looks(ramp, (0.1 * n, 10_000 * n, 10 * n, 10 * n, delay))
    assert ramp.is_bound


def test_what_jitter_adds_to_a_delay_is_no_queue() -> None:
    for noise_s, is_bound in ((0.04, True), (0.02, False)):
        ramp = UpRamp(0.0, noise_s=noise_s)
        for n in range(26):
            delay = 5.03 if n >= 10 else 5.0
            looks(ramp, (0.1 * n, 10_000 * n, 10 * n, 10 * n, delay))
        assert ramp.is_bound is is_bound


def test_packets_count_as_the_line_s_where_it_was_never_full() -> None:
    ramp = UpRamp(0.0)
    for n in range(26):
        looks(ramp, (0.1 * n, 10_000 * n, 100 + 20 * n, 90 + 19 * n, 5.0))
    assert ramp.usual_packets() == (500, 25)
    full = UpRamp(0.0)
    assert full.usual_packets() == (0, 0)
    for n in range(26):
        looks(full, (0.1 * n, 10_000 * n, 20 * n, 15 * n, 5.0 if n < 5 else 5.2))
    assert full.usual_packets() == (0, 0)


# pictures whose packets the line spaced


def pictures(
    ramp: UpRamp,
    rates_bps: Sequence[float],
    came_bps: float = 600_000,
    waits_s: float = 0.03,
    rows: int = 26,
) -> None:
    """Look each 0.1 s, at two pictures of 3 kB whose packets came at the next of these rates."""
    rates = cycle(rates_bps)
    for n in range(rows):
        at = 0.1 * n
        trains = tuple((at, 8 * 2_000 / next(rates), 2_000) for _ in range(2))
        received = round(at * came_bps / 8 / 1_000)
        delay = 5.0 + (waits_s if n % 4 == 3 else 0.0)
        ramp.take(Intake(972 * received, received, received, delay, trains), at)


def test_a_line_that_is_never_full_for_long_spaces_each_picture() -> None:
    """As Chromium is seen to: it backs off before sound waits for long, at 490 of 600 kbit/s."""
    ramp = UpRamp(0.0, usual_loss=0.02)
    pictures(ramp, [590_000, 600_000, 604_000], came_bps=490_000)
    assert not ramp.is_bound
    assert ramp.capacity_bps == 600_000


def test_a_browser_that_paces_its_packets_is_not_taken_for_a_line() -> None:
    no_waits, much_faster = UpRamp(0.0), UpRamp(0.0)
    pictures(no_waits, [600_000], came_bps=500_000, waits_s=0.001)
    pictures(much_faster, [1_250_000], came_bps=500_000)
    assert no_waits.is_bound
    assert much_faster.is_bound
    assert much_faster.capacity_bps == pytest.approx(500_000, rel=0.05)


def test_a_line_too_narrow_for_many_pictures_is_told_by_those_of_the_whole_check() -> None:
    before = [(-0.5 * n, 8 * 1_500 / 250_000, 1_500) for n in range(3, 0, -1)]
    for trains, is_bound in ((before, False), ((), True)):
        ramp = UpRamp(0.0, noise_s=0.045, trains=trains)
        pictures(ramp, [250_000], came_bps=240_000, rows=1)
        for n in range(1, 26):
            received = round(0.1 * n * 240_000 / 8 / 1_000)
            ramp.take(Intake(972 * received, received, received, 5.0 + 0.01 * (n % 4)), 0.1 * n)
        assert ramp.is_bound is is_bound
        assert ramp.capacity_bps == pytest.approx(250_000, rel=0.1)


def test_packets_that_jitter_spaced_say_nothing() -> None:
    ramp = UpRamp(0.0)
    pictures(ramp, [350_000, 600_000, 1_400_000, 450_000, 5_000_000])
    assert ramp.is_bound


def test_few_pictures_say_nothing() -> None:
    few = UpRamp(0.0)
    pictures(few, [600_000], rows=2)
    assert few.capacity_bps is None


def test_credit_of_a_bucket_counts_no_more_by_the_end() -> None:
    ramp = UpRamp(0.0)
    pictures(ramp, [1_200_000], came_bps=800_000, rows=13)
    for n in range(13, 26):
        received = round(0.1 * n * 800_000 / 8 / 1_000)
        trains = ((0.1 * n, 0.02, 2_000), (0.1 * n, 0.02, 2_000))
        delay = 5.03 if n % 2 else 5.0
        ramp.take(Intake(972 * received, received, received, delay, trains), 0.1 * n)
    assert ramp.capacity_bps == 800_000
    assert not ramp.is_bound


def test_pictures_of_streams_before_count_no_more() -> None:
    ramp = UpRamp(0.0)
    pictures(ramp, [600_000], rows=13)
    for n in range(13):
        delay = 405.03 if n % 2 else 405.0
        ramp.take(Intake(6_000 * n, 6 * n, 6 * n, delay), 1.3 + 0.1 * n)
    assert ramp.is_bound


def test_streams_that_begin_anew_start_the_ramp_anew() -> None:
    ramp = UpRamp(0.0)
    looks(ramp, (0.1, 900_000, 900, 900, 1.0), (0.2, 910_000, 910, 910, 1.0))
    for n in range(24):
        looks(ramp, (0.3 + 0.1 * n, 10_000 * n, 10 * n, 10 * n, 400.0))
    assert ramp.is_bound
    assert ramp.capacity_bps == pytest.approx(8 * (10_000 + 280) * 10, rel=0.02)
    assert ramp.rise_s == 0


def test_it_ends_on_time_and_takes_no_more() -> None:
    ramp = UpRamp(1.0, 2.5)
    assert ramp.next_timeout() == 3.5
    looks(ramp, (3.4, 1_000, 1, 1, 1.0))
    assert not ramp.is_done
    looks(ramp, (3.5, 2_000, 2, 2, 1.0), (3.6, 9_000, 9, 9, 1.0))
    assert ramp.is_done
    assert ramp.next_timeout() is None
    assert ramp.size_bytes == 1_000 + 28


# what Chromium 156 sent across netlab's lines, as the node saw it

UPLINKS = json.loads(Path(__file__).with_name("uplinks.json").read_text())


@pytest.mark.parametrize("line", UPLINKS)
def test_chromium_s_own_uplinks_are_told_as_they_were(line: str) -> None:
    seen = UPLINKS[line]
    ramp = UpRamp(0.0, noise_s=seen["noise_s"])
    for at, size_bytes, expected, received, delay_s, trains in seen["looks"]:
        found = tuple((ended_at, span_s, size) for ended_at, span_s, size in trains)
        ramp.take(Intake(size_bytes, expected, received, delay_s, found), at)
    if seen["rate_bps"] is None:  # no limit; or less than half of 2 Mbit/s was tried
        assert ramp.is_bound
    else:
        assert not ramp.is_bound
        assert ramp.capacity_bps == pytest.approx(seen["rate_bps"], rel=0.02)
