"""What a line did, read from accounts made by hand."""

from __future__ import annotations

from random import Random

import pytest

from benchmarks.netlab.fatelog import Direction, Record
from benchmarks.netlab.link import Fate
from benchmarks.probe.lines import LINES
from benchmarks.probe.truth import (
    even_stream,
    lateness_ms_p99,
    mean_d_s,
    truth_of,
    usual_until,
)

SOUND, CAMERA, PADDING = 11, 22, 33
UP, DOWN = Direction.UP, Direction.DOWN


def packet(
    at: float,
    way: Direction = UP,
    *,
    delay_s: float = 0.025,
    size_bytes: int = 150,
    fate: Fate = Fate.DELIVERED,
    ssrc: int = SOUND,
    seq: int = 0,
    late_s: float = 0.0,
) -> Record:
    return Record(at, way, size_bytes, fate, False, at + delay_s, late_s, ssrc, seq & 0xFFFF)


def stream(count: int, way: Direction = UP, *, gap_s: float = 0.02, **how: object) -> list[Record]:
    """Packets one after the other from 100 s on."""
    return [
        packet(100 + n * gap_s, way, seq=n, **how)  # type: ignore[arg-type]
        for n in range(count)
    ]


def test_the_round_trip_is_the_median_of_any_two_small_packets_there_and_back() -> None:
    records = [
        *stream(99, UP, delay_s=0.040),
        *stream(99, DOWN, delay_s=0.020),
        *stream(99, DOWN, delay_s=0.500, size_bytes=1200),
    ]
    truth = truth_of(records, 100, 110)
    assert (truth.up.delay_ms, truth.down.delay_ms) == (40.0, 20.0)
    assert truth.rtt_ms == pytest.approx(60.0)


def test_where_packets_queue_both_ways_the_round_trip_is_more_than_both_medians() -> None:
    ways = [stream(60, way) + stream(40, way, delay_s=0.030) for way in (UP, DOWN)]
    truth = truth_of([*ways[0], *ways[1]], 100, 110)
    assert (truth.up.delay_ms, truth.down.delay_ms) == (25.0, 25.0)
    assert truth.rtt_ms == pytest.approx(55.0)


def test_a_round_trip_is_unknown_where_nothing_came_back() -> None:
    assert truth_of(stream(99), 100, 110).rtt_ms is None


def test_loss_counts_what_was_lost_by_chance_and_not_what_a_full_queue_refused() -> None:
    records = stream(96)
    records += stream(4, fate=Fate.LOST) + stream(50, fate=Fate.QUEUE_FULL)
    truth = truth_of(records, 100, 110)
    assert (truth.up.packets, truth.up.loss_ratio) == (100, 0.04)
    assert truth.down.loss_ratio is None


def test_loss_counts_rtp_alone() -> None:
    records = stream(100) + stream(100, ssrc=0, fate=Fate.LOST)
    assert truth_of(records, 100, 110).up.loss_ratio == 0


def test_only_the_time_that_was_asked_for_counts() -> None:
    records = stream(100) + stream(50, fate=Fate.LOST, gap_s=0.2)
    assert truth_of(records, 100, 102).up.loss_ratio == pytest.approx(10 / 110, abs=1e-5)


def test_of_copies_the_first_counts() -> None:
    records = [*stream(10), *(it._replace(copy=True) for it in stream(10))]
    assert truth_of(records, 100, 110).up.packets == 10


def test_the_even_stream_is_the_one_with_a_packet_each_20_ms() -> None:
    camera = stream(200, gap_s=0.005, ssrc=CAMERA)
    assert {it.ssrc for it in even_stream(stream(100) + camera)} == {SOUND}
    assert even_stream(camera + stream(49)) == []


def test_mean_d_of_delays_that_alternate() -> None:
    records = [packet(100 + n * 0.02, delay_s=0.03 + 0.01 * (n % 2), seq=n) for n in range(100)]
    assert mean_d_s(records, by_number=True) == pytest.approx(0.010)
    assert mean_d_s(records, by_number=False) == pytest.approx(0.010)


def test_mean_d_by_number_counts_that_the_browser_sent_unevenly() -> None:
    records = [packet(100 + n * 0.02 + 0.004 * (n % 2), seq=n) for n in range(100)]
    assert mean_d_s(records, by_number=True) == pytest.approx(0.004)
    assert mean_d_s(records, by_number=False) == pytest.approx(0.0, abs=1e-9)


def test_jitter_up_counts_how_the_browser_sent_and_jitter_down_only_the_line() -> None:
    times = [100 + n * 0.02 + 0.002 * (n % 2) for n in range(100)]
    uneven = [packet(at, way, seq=n) for way in Direction for n, at in enumerate(times)]
    truth = truth_of(sorted(uneven), 100, 110)
    assert truth.up.jitter_ms == pytest.approx(2.0)
    assert truth.up.line_jitter_ms == truth.down.jitter_ms == 0.0


def test_mean_d_goes_on_over_lost_packets_and_over_the_end_of_16_bits() -> None:
    records = [packet(100 + n * 0.02, seq=65_500 + n) for n in range(200) if n % 10]
    assert mean_d_s(records, by_number=True) == pytest.approx(0.0, abs=1e-9)


def test_mean_d_of_uniform_jitter_is_two_thirds_of_it() -> None:
    draw = Random(3).uniform
    records = [packet(100 + n * 0.02, delay_s=0.03 + draw(-0.009, 0.009)) for n in range(4000)]
    assert mean_d_s(records, by_number=False) == pytest.approx(0.667 * 0.009, rel=0.05)


def test_mean_d_of_few_packets_is_unknown() -> None:
    assert mean_d_s(stream(49), by_number=False) is None


def test_delay_variation_is_the_95th_percentile_above_the_least() -> None:
    records = [packet(100 + n * 0.02, delay_s=0.030 + 0.001 * (n % 20)) for n in range(200)]
    assert truth_of(records, 100, 110).up.variation_ms == pytest.approx(19.0)


def test_the_rate_is_of_all_that_was_delivered() -> None:
    records = stream(100, size_bytes=1000) + stream(50, size_bytes=1000, fate=Fate.QUEUE_FULL)
    assert truth_of(records, 100, 102).up.rate_bps == 400_000


def test_the_line_is_usual_until_the_node_fills_it() -> None:
    filling = [packet(104 + n * 0.008, DOWN, ssrc=PADDING) for n in range(100)]
    even = stream(200, DOWN, ssrc=PADDING)
    assert usual_until(even + filling, 100, 110) == pytest.approx(104, abs=0.02)
    assert usual_until(even, 100, 110) == 110


def test_lateness_is_that_of_the_time_asked_for() -> None:
    records = [packet(100 + n * 0.01, late_s=0.003 if n >= 100 else 0.0) for n in range(200)]
    assert lateness_ms_p99(records, 100, 101) == 0
    assert lateness_ms_p99(records, 100, 102) == pytest.approx(3.0)


def test_the_numbers_of_a_run_are_what_happened_and_the_capacity_of_the_line() -> None:
    records = stream(95, UP) + stream(5, UP, fate=Fate.LOST) + stream(100, DOWN)
    numbers = truth_of(records, 100, 110).numbers(LINES["up-250k"])
    assert numbers.rtt_ms == pytest.approx(50.0)
    assert (numbers.loss_up, numbers.loss_down, numbers.packets) == (0.05, 0.0, 100)
    assert (numbers.capacity_up_bps, numbers.capacity_down_bps) == (250_000, None)
