"""Whether a figure of a long run is called flat."""

from __future__ import annotations

import random

import pytest

from benchmarks.soak.__main__ import said
from benchmarks.soak.figures import ALLOWED, Slope, grows, quantile, slope, slopes

TIMES_S = [11.0 * n for n in range(160)]


def test_a_steady_leak_is_found_under_noise() -> None:
    rng = random.Random(1)
    found = slope(TIMES_S, [90_000 + 3_000 * t / 3_600 + rng.gauss(0, 100) for t in TIMES_S])
    assert found is not None
    assert found.low < 3_000 < found.high
    assert found.low > 2_700
    assert grows("memory_kb", found, hours=0.5)


def test_noise_alone_is_flat() -> None:
    rng = random.Random(4)
    found = slope(TIMES_S, [90_000 + rng.gauss(0, 100) for _ in TIMES_S])
    assert found is not None
    assert found.low < 0 < found.high
    assert not grows("memory_kb", found, hours=0.5)


def test_what_grows_by_no_more_than_allowed_is_flat() -> None:
    assert not grows("memory_kb", Slope(1_000, 990, 1_010), hours=1)
    assert grows("memory_kb", Slope(1_100, 1_050, 1_150), hours=1)
    assert not grows("memory_kb", Slope(1_100, 1_050, 1_150), hours=0.5)
    assert grows("tasks", Slope(2, 1.5, 2.5), hours=1)
    assert not grows("files", Slope(-5, -6, -4), hours=1)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = random.Random(3)
    held = 0
    for _ in range(400):
        found = slope(TIMES_S[:12], [t / 3_600 + rng.gauss(0, 1) for t in TIMES_S[:12]])
        held += found is not None and found.low < 1 < found.high
    assert 365 <= held <= 393  # 95 % of 400 are 380


@pytest.mark.parametrize(("freedom", "table"), [(3, 3.182), (10, 2.228), (30, 2.042)])
def test_the_quantile_is_that_of_the_tables(freedom: int, table: float) -> None:
    assert quantile(freedom) == pytest.approx(table, rel=0.005)


def test_of_few_samples_nothing_is_said() -> None:
    assert slope(TIMES_S[:4], [1, 2, 3, 4]) is None
    assert not grows("memory_kb", None, hours=1)
    assert said("memory_kb", None, hours=1) == "memory_kb  too few rounds that count"


def test_void_rounds_count_for_what_the_node_holds_and_not_for_latency() -> None:
    held = ("memory_kb", "objects", "tasks", "threads", "files")
    sample: dict[str, float | None] = dict.fromkeys(held, 1.0)
    void = dict.fromkeys(("p50_ms", "p99_ms", "packet_pieces"))
    found = slopes([sample | void | {"at_s": 10.0 * n} for n in range(9)])
    assert found["memory_kb"] == Slope(0, 0, 0)
    assert found["p99_ms"] is None


def test_what_grows_while_all_gets_warm_is_not_judged() -> None:
    flat: dict[str, float | None] = dict.fromkeys(ALLOWED, 1.0)
    samples = [flat | {"at_s": 10.0 * n, "memory_kb": 90.0 if n < 4 else 140.0} for n in range(21)]
    assert slopes(samples)["memory_kb"] == Slope(0, 0, 0)
    samples[4]["memory_kb"] = 90.0  # after a fifth
    later = slopes(samples)["memory_kb"]
    assert later is not None
    assert later.middle > 0


def test_each_figure_is_said_with_its_interval_and_verdict() -> None:
    assert said("tasks", [2.0, 1.5, 2.5], 1).endswith("+2.000 an hour, +1.500 to +2.500  GROWS")
    assert said("files", [0.0, -1.0, 1.0], 1).endswith("flat")
    assert said("p99_ms", [0.0, -5.0, 5.0], 1).endswith("not sure")
