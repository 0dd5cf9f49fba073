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
    log.end()
    assert log.take() == (), why


def test_sound_or_a_repair_between_two_packets_parts_them() -> None:
    log = TrainLog()
    log.note(7, 1, 900, 972, 5.0)
    log.note(9, 50, 480, 80, 5.01)
    log.note(7, 2, 900, 972, 5.02)
    log.end()
    log.note(7, 3, 900, 972, 5.03)
    log.end()
    assert log.take() == ()


def test_trains_that_nobody_takes_are_bounded() -> None:
    log = TrainLog()
    for n in range(3 * MAX_TRAINS):
        log.note(7, 2 * n, n, 972, n)
        log.note(7, 2 * n + 1, n, 972, n + 0.5)
    trains = log.take()
    assert len(trains) == MAX_TRAINS
    assert trains[-1] == (3 * MAX_TRAINS - 2 + 0.5, 0.5, 1_000)
