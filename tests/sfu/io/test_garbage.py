"""What is kept out of garbage collections, and how their pauses are counted."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from sfu.io.garbage import BOUNDS_S, THRESHOLDS, PauseMeter, settled


@pytest.fixture
def meter() -> Iterator[PauseMeter]:
    meter = PauseMeter()
    meter.start()
    yield meter
    meter.stop()


def test_each_collection_is_counted_in_its_generation(meter: PauseMeter) -> None:
    gc.disable()
    try:
        before = [sum(pauses.counts) for pauses in meter.pauses_s]
        for generation in (0, 0, 1, 2):
            gc.collect(generation)
        after = [sum(pauses.counts) for pauses in meter.pauses_s]
    finally:
        gc.enable()
    assert [b - a for a, b in zip(before, after, strict=True)] == [2, 1, 1]
    assert meter.pauses_s[2].total > 0


def test_a_pause_falls_below_the_next_bound(
    meter: PauseMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    gc.disable()
    try:
        meter.stop()
        for pause_s in (0.0004, BOUNDS_S[-2], 9.0):
            times = iter((100.0, 100.0 + pause_s))
            monkeypatch.setattr("time.perf_counter", lambda times=times: next(times))
            for phase in ("start", "stop"):
                meter._note(phase, {"generation": 1})
    finally:
        gc.enable()
    assert meter.pauses_s[1].counts[0] == 1
    assert meter.pauses_s[1].counts[-1] == 1
    assert meter.pauses_s[1].total == pytest.approx(9.0004 + BOUNDS_S[-2])


def test_a_meter_that_was_stopped_counts_no_more(meter: PauseMeter) -> None:
    meter.stop()
    meter.stop()
    before = [list(pauses.counts) for pauses in meter.pauses_s]
    gc.collect()
    assert [pauses.counts for pauses in meter.pauses_s] == before


def test_what_is_there_stays_out_of_collections_until_the_end() -> None:
    before = gc.get_threshold()
    kept: list[object] = [[]]
    with settled():
        assert gc.get_freeze_count() > 1000
        assert gc.get_threshold() == THRESHOLDS
        assert not any(each is kept for each in gc.get_objects(generation=2))
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == before
    assert any(each is kept for each in gc.get_objects(generation=2))
