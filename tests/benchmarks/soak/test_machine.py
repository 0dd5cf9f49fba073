"""A node's cost beside what the machine itself costs at that moment."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

from benchmarks.relay.processes import LOAD_CPU
from benchmarks.soak.__main__ import told
from benchmarks.soak.machine import piece_us


def a_round(**more: Any) -> Any:
    found = {"faults": [], "latency_ms_p50": 0.2, "latency_ms_p99": 9.0, "pps_per_core": 16_000}
    return SimpleNamespace(**found | more)


def test_a_slower_machine_is_no_dearer_packet() -> None:
    quick, slow = told(a_round(), 4.0), told(a_round(pps_per_core=8_000), 8.0)
    assert (quick["packet_us"], slow["packet_us"]) == (62.5, 125.0)
    assert quick["packet_pieces"] == slow["packet_pieces"] == 15.625


def test_of_a_void_round_nothing_is_told() -> None:
    assert set(told(a_round(faults=["late"]), 4.0).values()) == {None}


def test_a_piece_of_work_is_measured_and_the_load_goes_back_to_its_own_core() -> None:
    before = os.sched_getaffinity(0)
    try:
        assert 0.5 < piece_us() < 500
        assert os.sched_getaffinity(0) == {LOAD_CPU}
    finally:
        os.sched_setaffinity(0, before)
