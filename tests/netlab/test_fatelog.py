"""The truth of a run, and when it is void."""

from __future__ import annotations

import io
import json
import pickle

import pytest

from benchmarks.netlab.fatelog import Direction, FateLog, Record, percentile, why_void
from benchmarks.netlab.link import Fate


def two_packets() -> FateLog:
    log = FateLog()
    up = log.enter(1.0, Direction.UP, 100, False)
    down = log.enter(2.0, Direction.DOWN, 1500, True, (7, 65_535))
    log.close(down, Fate.DELIVERED, 2.5, 0.25)
    log.close(up, Fate.LOST, 1.0)
    return log


def test_records_come_back_as_they_were_put_in() -> None:
    assert list(two_packets()) == [
        Record(1.0, Direction.UP, 100, Fate.LOST, False, 1.0, 0.0),
        Record(2.0, Direction.DOWN, 1500, Fate.DELIVERED, True, 2.5, 0.25, 7, 65_535),
    ]


def test_a_packet_not_yet_closed_is_in_flight() -> None:
    log = FateLog()
    log.enter(1.0, Direction.UP, 100, False)
    assert [record.fate for record in log] == [Fate.IN_FLIGHT]


def test_only_delivered_packets_have_a_lateness() -> None:
    assert two_packets().lateness_ms() == [250.0]


def test_a_full_log_counts_what_it_misses_and_keeps_what_it_has() -> None:
    log = FateLog(limit=1)
    log.enter(1.0, Direction.UP, 100, False)
    missed = log.enter(2.0, Direction.UP, 100, False)
    log.close(missed, Fate.DELIVERED, 3.0, 0.1)
    assert [record.time_in for record in log] == [1.0]
    assert log.missing == 1
    assert log.lateness_ms() == []


def test_the_log_crosses_to_another_process() -> None:
    assert list(pickle.loads(pickle.dumps(two_packets()))) == list(two_packets())


def test_the_log_is_written_as_one_json_object_a_line() -> None:
    file = io.StringIO()
    two_packets().write_jsonl(file)
    assert [json.loads(line) for line in file.getvalue().splitlines()] == [
        {
            "time_in": 1.0,
            "direction": "up",
            "size_bytes": 100,
            "fate": "lost",
            "copy": False,
            "time_out": 1.0,
            "lateness_s": 0.0,
            "ssrc": 0,
            "seq": 0,
        },
        {
            "time_in": 2.0,
            "direction": "down",
            "size_bytes": 1500,
            "fate": "delivered",
            "copy": True,
            "time_out": 2.5,
            "lateness_s": 0.25,
            "ssrc": 7,
            "seq": 65_535,
        },
    ]


def test_a_punctual_run_is_not_void() -> None:
    assert why_void(2.0, 2.0, 0) is None


@pytest.mark.parametrize(
    ("late_ms", "wake_ms", "drops", "says"),
    [(2.01, 0, 0, "lateness"), (0, 2.01, 0, "woke late"), (0, 0, 1, "kernel dropped 1")],
)
def test_a_run_is_void_for_a_reason(late_ms: float, wake_ms: float, drops: int, says: str) -> None:
    assert says in (why_void(late_ms, wake_ms, drops) or "")


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, 0.0), ([7.0], 0.99, 7.0), ([3, 1, 2], 0.5, 2), (range(100), 0.99, 99)],
)
def test_percentiles_are_values_that_occurred(
    values: list[float], share: float, expected: float
) -> None:
    assert percentile(values, share) == expected
