"""When the node admits that what it measures is its own fault."""

from __future__ import annotations

import pytest

from sfu.engine.health import WINDOW_S, HealthWatch
from sfu.probe.verdict import NodeHealth


def test_a_node_that_is_in_time_is_not_at_fault() -> None:
    watch = HealthWatch()
    for step in range(1000):
        watch.note_lateness(0.015, step * 0.01)
    health = watch.health(10.0)
    assert not health.is_late
    assert health.loop_lag_max_s == 0.015


def test_one_pause_of_a_collector_is_no_fault() -> None:
    watch = HealthWatch()
    watch.note_lateness(0.046, 10.0)
    assert not watch.health(10.0).is_late


def test_a_loop_that_is_busy_for_200_ms_each_second_is_late() -> None:
    watch = HealthWatch()
    for second in range(5):
        watch.note_lateness(0.2, float(second))
    health = watch.health(4.0)
    assert health.is_late
    # Five times 50 ms of the second are waited longer than 150 ms: 5 % of the time.
    assert health.loop_lag_p95_s == pytest.approx(0.15)


def test_many_short_pauses_are_a_fault_as_well() -> None:
    watch = HealthWatch()
    for step in range(50):
        watch.note_lateness(0.05, step * 0.1)
    health = watch.health(4.9)
    assert health.loop_lag_max_s < 0.15
    assert health.is_late


def test_a_process_that_was_stopped_for_two_seconds_is_late_until_its_window_is_over() -> None:
    watch = HealthWatch()
    watch.note_lateness(2.0, 10.0)
    assert watch.health(10.0).is_late
    assert watch.health(10.0 + WINDOW_S - 0.1).is_late
    assert not watch.health(10.0 + WINDOW_S).is_late


def test_packets_the_kernel_dropped_are_told_for_a_while() -> None:
    watch = HealthWatch()
    watch.note_drops(0, 2.0)
    assert watch.health(2.0).socket_drops == 0
    watch.note_drops(3, 3.0)
    assert watch.health(3.0 + WINDOW_S - 0.1).socket_drops == 3
    assert not watch.health(3.0).is_late
    assert watch.health(3.0 + WINDOW_S).socket_drops == 0


def test_what_was_late_before_a_check_is_not_laid_on_it() -> None:
    watch = HealthWatch()
    watch.note_lateness(2.0, 10.0)
    watch.note_drops(5, 10.0)
    assert watch.health(11.0, since=10.5) == NodeHealth()
    health = watch.health(11.0, since=9.5)
    assert (health.is_late, health.socket_drops) == (True, 5)


def test_what_it_remembers_is_bounded_in_an_overload() -> None:
    watch = HealthWatch()
    for step in range(10_000):
        watch.note_lateness(0.03, step * 0.0001)
    assert watch.health(1.0).is_late
    assert len(watch._late) <= 512
