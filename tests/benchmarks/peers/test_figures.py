"""Figures that compare servers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.peers.figures import Turn, compared, is_full, line, others_cpu, points
from benchmarks.relay.figures import Round

GOOD = Round(
    relay="ours",
    calls=20,
    seconds=2.0,
    sent=20_000,
    received=20_000,
    changed=0,
    cpu_s=1.0,
    latency_ms_p50=0.1,
    latency_ms_p99=0.5,
    lateness_ms_p99=0.2,
)


def turn(server: str, number: int, cpu_s: float = 1.0, **fault: int) -> Turn:
    played = replace(GOOD, relay=server, cpu_s=cpu_s, **fault)
    return Turn(server, number, 40.0 + number, 50.0, 100.0 + number, played)


def test_a_server_is_compared_with_ours_of_the_same_turn() -> None:
    turns = [
        turn("ours", 0, 1.0),
        turn("janus", 0, 0.5),  # twice as good, while the machine was quick
        turn("janus", 1, 1.0),
        turn("ours", 1, 2.0),  # and twice as good, while it was slow
    ]
    figures = compared(turns)
    assert list(figures) == ["ours", "janus"]
    assert figures["janus"]["ratio"] == 2.0
    assert (figures["janus"]["ratio_low"], figures["janus"]["ratio_high"]) == (2.0, 2.0)
    assert figures["janus"]["pps_per_core"] == 30_000
    assert figures["janus"]["pps_per_core_low"] == 20_000
    assert figures["janus"]["pps_per_core_high"] == 40_000
    assert figures["ours"]["ratio"] == 1.0
    assert (figures["janus"]["joins_per_s"], figures["janus"]["kb_per_peer"]) == (40.5, 100)


def test_a_void_turn_counts_for_nobody() -> None:
    turns = [
        turn("ours", 0, 1.0, changed=1),
        turn("janus", 0, 0.5),
        turn("ours", 1, 1.0),
        turn("janus", 1, 0.25),
    ]
    figures = compared(turns)
    assert figures["ours"]["turns"] == 1
    assert figures["janus"]["ratio"] == 4.0
    assert figures["ours"]["call_per_s"] == 500
    only_void = compared([turn("janus", 0, received=19_999)])["janus"]
    assert (only_void["turns"], only_void["pps_per_core"], only_void["ratio"]) == (0, None, None)
    assert only_void["call_per_s"] is None


def test_who_nobody_joins_has_no_figures_of_joining() -> None:
    bare = replace(turn("bare", 0), joins_per_s=0, kb_per_peer=None)
    figures = compared([bare])["bare"]
    assert (figures["joins_per_s"], figures["kb_per_peer"]) == (None, None)


def test_growth_has_its_own_calls_and_those_of_each_load_in_order() -> None:
    assert points(22_000, 440, most=60) == [
        (1, None),
        (5, "10%"),
        (20, None),
        (25, "50%"),
        (40, "80%"),
        (50, None),
    ]
    assert points(None, 440, most=5) == [(1, None), (5, None)]


def test_a_server_of_which_a_call_takes_half_a_core_is_not_read_at_a_tenth() -> None:
    assert points(400, 200, most=5) == [(1, "50%"), (2, "80%"), (5, None)]
    assert points(400, None, most=1) == [(1, None)]


def test_what_fills_a_core_says_nothing_about_more_calls() -> None:
    assert not is_full(GOOD)
    assert not is_full(replace(GOOD, lateness_ms_p99=9.0))
    assert not is_full(replace(GOOD, received=19_801))  # by chance: void, and no end
    assert is_full(replace(GOOD, received=19_799))
    assert is_full(replace(GOOD, cpu_s=1.9))
    assert is_full(replace(GOOD, lost=1))
    assert not is_full(replace(GOOD, received=5_000, lost=0))  # packets made anew, of all that came


def test_the_line_has_each_server_and_its_ratio_to_ours() -> None:
    figures = compared([turn("ours", 0), turn("janus", 0, 0.5)])
    assert line(figures) == {
        "peers": {
            "ours": {"pps_per_core": 20_000, "ratio": 1.0},
            "janus": {"pps_per_core": 40_000, "ratio": 2.0},
        }
    }


@pytest.mark.parametrize(("own_s", "share"), [(6.0, 0.2), (10.0, 0.0), (11.0, 0.0)])
def test_what_others_used_is_the_rest_of_what_the_machine_did(own_s: float, share: float) -> None:
    assert others_cpu(busy_s=10.0, own_s=own_s, passed_s=10.0, cpus=2) == share
