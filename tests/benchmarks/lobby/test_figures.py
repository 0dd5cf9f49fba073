"""The figures of a full house, from what was measured."""

from __future__ import annotations

from benchmarks.lobby.figures import line


def test_the_line_is_of_those_who_came_and_of_each_who_waits() -> None:
    pushes_ms = [float(n) for n in range(101)]
    assert line(pushes_ms, grown_kb=9_500.0, waiting=950, cpu_s=2.5, seconds=10.0) == {
        "push_ms_p95": 95.0,
        "kb_per_waiting": 10.0,
        "cpu_ratio": 0.25,
    }
