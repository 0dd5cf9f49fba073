"""Packets of one picture that came one right after the other."""

from __future__ import annotations

import pytest

from sfu.relay.up.trains import MAX_TRAINS, TrainLog


def test_a_train_tells_its_time_and_the_bytes_after_its_first_packet() -> None:
    log = TrainLog()
    for n in range(3):
        log.note(7, 65_535 + n & 0xFFFF, 900, 972, 5.0 + 0.01 * n)
    assert log.take() == ()  # more of it may come
    log.note(7, 2, 3_900, 972, 5.05)
    ((ended_at, span_s, wire_bytes),) = log.take()
    assert (ended_at, wire_bytes) == (5.02, 2_000)
    assert span_s == pytest.approx(0.02)
    assert log.take() == ()


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ((7, 3, 900), "one between them was lost"),
        ((7, 2, 960), "another picture"),
        ((8, 2, 900), "another stream"),
    ],
)
def test_what_does_not_follow_ends_a_train(other: tuple[int, int, int], why: str) -> None:
    log = TrainLog()
    log.note(7, 1, 900, 972, 5.0)
    log.note(*other, 972, 5.01)
    log.pass_by(60, 5.04)
    assert log.take() == (), why


def test_sound_or_a_repair_between_two_packets_parts_them() -> None:
    log = TrainLog()
    log.note(7, 1, 900, 972, 5.0)
    log.note(9, 50, 480, 80, 5.01)
    log.note(7, 2, 900, 972, 5.02)
    log.pass_by(60, 5.04)
    log.note(7, 3, 900, 972, 5.03)
    log.pass_by(60, 5.04)
    assert log.take() == ()


def test_trains_that_nobody_takes_are_bounded() -> None:
    log = TrainLog()
    for n in range(3 * MAX_TRAINS):
        log.note(7, 2 * n, n, 972, n)
        log.note(7, 2 * n + 1, n, 972, n + 0.5)
    trains = log.take()
    assert len(trains) == MAX_TRAINS
    assert trains[-1] == (3 * MAX_TRAINS - 2 + 0.5, 0.5, 1_000)


def test_sound_that_waited_makes_a_train_of_what_came_meanwhile() -> None:
    """1,000 bytes each 10 ms: 800 kbit/s, whatever they belong to."""
    log = TrainLog()
    log.hear(7.0, 4.0)
    for n in range(6):
        log.note(n, 0, 0, 972, 5.0 + 0.01 * n)
    log.hear(7.035, 5.05)  # the picture's packets of 5.02 to 5.05 stood before it
    ((ended_at, span_s, wire_bytes),) = log.take()
    assert ended_at == 5.05
    assert span_s == pytest.approx(0.03)
    assert wire_bytes == 3_000


@pytest.mark.parametrize("delay_s", [7.005, 90_007.0])
def test_sound_of_an_idle_line_or_another_clock_makes_none(delay_s: float) -> None:
    log = TrainLog()
    log.hear(7.0, 4.9)
    for n in range(6):
        log.note(n, 0, 0, 972, 5.0 + 0.001 * n)
    log.hear(delay_s, 5.005)
    assert log.take() == ()


def test_clocks_that_drift_apart_are_no_queue() -> None:
    log = TrainLog()
    for n in range(6_000):
        now = 5.0 + 0.02 * n
        log.note(n, 0, 0, 972, now)
        log.hear(7.0 + 200e-6 * 0.02 * n, now)
    assert log.take() == ()


def test_a_report_that_came_while_sound_waited_took_time_as_well() -> None:
    """RTCP is on the line too: without it 1,000 bytes each 10 ms would look like less."""
    log = TrainLog()
    log.hear(7.0, 4.0)
    for n in range(6):
        if n == 4:
            log.pass_by(972, 5.04)
        else:
            log.note(n, 0, 0, 972, 5.0 + 0.01 * n)
    log.hear(7.035, 5.05)
    ((_, span_s, wire_bytes),) = log.take()
    assert span_s == pytest.approx(0.03)
    assert wire_bytes == 3_000
