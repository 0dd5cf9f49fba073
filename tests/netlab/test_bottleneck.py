"""The token bucket and its bounded queue."""

from __future__ import annotations

import pytest

from benchmarks.netlab.bottleneck import Bottleneck


def bottleneck(
    rate_bps: float | None,
    bucket_bytes: int = 0,
    queue_bytes: int | None = None,
    queue_s: float | None = None,
) -> Bottleneck[int]:
    made: Bottleneck[int] = Bottleneck(0.0)
    made.change(0.0, rate_bps, bucket_bytes, queue_bytes, queue_s)
    return made


def drain(line: Bottleneck[int]) -> list[float]:
    times = []
    while (at := line.next_departure()) is not None:
        line.depart(at)
        times.append(at)
    return times


def test_without_a_rate_packets_leave_at_once() -> None:
    line = bottleneck(None)
    assert line.offer(1, 1500, 2.0)
    assert line.next_departure() == 2.0


def test_an_empty_line_has_nothing_to_do() -> None:
    assert bottleneck(1e6).next_departure() is None


def test_a_serial_line_takes_size_over_rate_for_each_packet() -> None:
    line = bottleneck(80_000)  # 10,000 bytes a second
    for number in range(5):
        assert line.offer(number, 1000, 0.0)
    assert drain(line) == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])


def test_an_idle_serial_line_saves_nothing() -> None:
    line = bottleneck(80_000)
    line.offer(1, 1000, 100.0)
    assert line.next_departure() == pytest.approx(100.1)


def test_packets_leave_in_the_order_they_came() -> None:
    line = bottleneck(80_000)
    for number in range(4):
        line.offer(number, 100, 0.0)
    taken = []
    while (at := line.next_departure()) is not None:
        taken.append(line.depart(at))
    assert taken == [0, 1, 2, 3]


def test_a_full_bucket_lets_a_burst_through_then_the_rate_holds() -> None:
    line = bottleneck(80_000, bucket_bytes=3000)
    for number in range(5):
        line.offer(number, 1000, 0.0)
    assert drain(line) == pytest.approx([0.0, 0.0, 0.0, 0.1, 0.2])


def test_the_bucket_fills_again_at_the_rate_and_no_further() -> None:
    line = bottleneck(80_000, bucket_bytes=2000)
    for number in range(2):
        line.offer(number, 1000, 0.0)
    assert drain(line) == pytest.approx([0.0, 0.0])
    line.offer(2, 1000, 0.05)  # half a packet has been earned
    assert drain(line) == pytest.approx([0.1])
    for number in range(3):
        line.offer(number, 1000, 60.0)  # a minute earns two packets, not six hundred
    assert drain(line) == pytest.approx([60.0, 60.0, 60.1])


def test_a_packet_larger_than_the_bucket_still_leaves() -> None:
    line = bottleneck(80_000, bucket_bytes=500)
    line.offer(1, 1500, 0.0)
    assert drain(line) == pytest.approx([0.1])


def test_a_queue_bounded_in_bytes_refuses_what_does_not_fit() -> None:
    line = bottleneck(80_000, queue_bytes=2500)
    assert [line.offer(number, 1000, 0.0) for number in range(4)] == [True, True, False, False]


def test_bytes_already_sent_make_room_in_the_queue() -> None:
    line = bottleneck(80_000, queue_bytes=2500)
    line.offer(0, 1000, 0.0)
    line.offer(1, 1000, 0.0)
    assert not line.offer(2, 1000, 0.04)
    assert line.offer(3, 1000, 0.06)  # 600 of the first packet's bytes are gone


def test_a_queue_bounded_in_time_keeps_no_packet_longer() -> None:
    line = bottleneck(300_000, queue_s=0.3)
    accepted = [line.offer(number, 1200, 0.0) for number in range(40)]
    times = drain(line)
    assert sum(accepted) == len(times) == 9  # 9 × 32 ms is 288 ms, a tenth would take 320
    assert max(times) <= 0.3


def test_of_two_bounds_the_smaller_counts() -> None:
    line = bottleneck(80_000, queue_bytes=10_000, queue_s=0.2)
    assert [line.offer(number, 1000, 0.0) for number in range(3)] == [True, True, False]


def test_an_empty_queue_takes_a_packet_larger_than_its_bound() -> None:
    line = bottleneck(80_000, queue_bytes=500)
    assert line.offer(1, 1500, 0.0)
    assert not line.offer(2, 100, 0.0)


def test_a_packet_half_sent_finishes_at_the_new_rate() -> None:
    line = bottleneck(80_000)
    line.offer(1, 1000, 0.0)
    line.change(0.05, 8_000, 0, None, None)  # 500 bytes left, at 1,000 a second
    assert drain(line) == pytest.approx([0.55])


def test_lifting_the_limit_empties_the_queue_at_once() -> None:
    line = bottleneck(8_000)
    for number in range(3):
        line.offer(number, 1000, 0.0)
    line.change(0.5, None, 0, None, None)
    assert drain(line) == pytest.approx([0.5, 0.5, 0.5])


def test_a_limit_after_none_begins_with_a_full_bucket_and_no_more() -> None:
    line = bottleneck(None)
    line.change(10.0, 80_000, 1000, None, None)
    for number in range(3):
        line.offer(number, 1000, 10.0)
    assert drain(line) == pytest.approx([10.0, 10.1, 10.2])


def test_over_two_minutes_the_rate_is_exact() -> None:
    line = bottleneck(2_000_000, bucket_bytes=1500, queue_s=0.1)
    sent, now, last = 0, 0.0, 0.0
    while now < 120:
        while (at := line.next_departure()) is not None and at <= now:
            line.depart(at)
            sent, last = sent + 1, at
        line.offer(0, 1200, now)
        now += 0.0045  # 2,133 kbps offered
    assert (sent * 1200 - 1500) * 8 / last == pytest.approx(2_000_000, rel=1e-5)
