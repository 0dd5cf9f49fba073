"""The section of the page that compares servers, and its plot."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

from benchmarks.peers.figures import compared
from benchmarks.peers.plot import plot, points_of
from benchmarks.peers.render import picture, rendered
from tests.benchmarks.peers.test_figures import GOOD, turn

SVG = "{http://www.w3.org/2000/svg}"


def a_result(**more: Any) -> dict[str, Any]:
    """Ours, a bare relay and Janus, which is better in all but the memory of a person."""
    turns = [turn("ours", 0), turn("bare", 0, 0.2), turn("janus", 0, 0.5)]
    turns[2] = replace(turns[2], kb_per_peer=900.0, joins_per_s=90.0, idle_mb=20.0)
    half = replace(GOOD, calls=23)
    quick = replace(GOOD, calls=45, latency_ms_p99=0.2)
    return {
        "measured_at": "2026-11-29T01:30:00+00:00",
        "cpus": 2,
        "processor": "Some CPU",
        "kernel": "6.1",
        "python": "3.11.7",
        "seconds_of_a_round": 3.0,
        "others_cpu": 0.02,
        "servers": {
            "ours": {"label": "Visavis", "version": "0.1", "unfair": "It is Python."},
            "bare": {"label": "bare relay", "version": "-", "unfair": "It is no server."},
            "janus": {"label": "Janus", "version": "1.1.2", "unfair": "It is C."},
        },
        "skipped": {"pion": "Go is not installed"},
        "compared": compared(turns),
        "by_load": {
            "ours": {"50%": half.row(), "80%": replace(half, received=1).row()},
            "janus": {"50%": quick.row()},
        },
        "by_calls": {
            "ours": [replace(GOOD, calls=1).row(), half.row(), replace(GOOD, calls=50).row()],
            "janus": [replace(GOOD, calls=1, changed=1).row(), quick.row()],
        },
    } | more


def test_each_server_has_a_row_with_its_ratio_to_ours() -> None:
    text = rendered(a_result())
    assert "| Visavis | 0.1 | 20 | 20,000 | 1.00 | 50.0 | 40 | 100 | 50 |" in text
    assert "| Janus | 1.1.2 | 20 | 40,000 | 2.00 | 25.0 | 90 | 900 | 20 |" in text


def test_several_turns_show_their_spread() -> None:
    figures = compared([turn("ours", 0), turn("ours", 1, 2.0)])
    text = rendered(a_result(compared=figures))
    assert "| 15,000 (10,000–20,000) | 1.00 (1.00–1.00) |" in text


def test_latencies_stand_by_load_and_void_ones_say_so() -> None:
    text = rendered(a_result())
    assert "| Visavis | – | 0.10 · 0.50 (23) | void, 100.00% lost (23) |" in text
    assert "| Janus | – | 0.10 · 0.20 (45) | – |" in text


def test_growth_leaves_out_the_calls_of_loads() -> None:
    text = rendered(a_result())
    assert "| calls | 1 | 50 |" in text
    assert "| Visavis | 50.0 · 0.50 | 50.0 · 0.50 |" in text
    assert "| Janus | void, 1 samples changed | – |" in text


def test_it_says_plainly_who_is_ahead_and_what_is_unfair() -> None:
    text = rendered(a_result())
    assert "- Ahead of ours in packets per CPU second: Janus." in text
    assert "- Ahead of ours in joins a second: Janus." in text
    assert "- Ahead of ours in memory at rest: Janus." in text
    assert "- Ahead of ours in latency p99 at 50% load: Janus." in text
    assert "memory of a person: " not in text
    assert "- **Janus**: It is C." in text
    assert "Not compared: pion: Go is not installed" in text


def test_a_run_beside_other_work_says_so() -> None:
    assert "Others worked beside it" not in rendered(a_result())
    busy = rendered(a_result(others_cpu=0.4))
    assert "**Others worked beside it**: they used 40% of the machine" in busy
    assert "Stopped by hand." in rendered(a_result(notes="Stopped by hand."))
    assert "less sure. Stopped by hand." in rendered(
        a_result(others_cpu=1.0, notes="Stopped by hand.")
    )


def test_the_plot_has_a_line_for_each_server_that_was_measured() -> None:
    root = ElementTree.fromstring(picture(a_result()))
    lines = root.findall(f"{SVG}polyline")
    assert len(lines) == 2
    assert [len(line.get("points", "").split()) for line in lines] == [3, 1]
    words = [text.text for text in root.findall(f"{SVG}text")]
    assert {"Visavis", "Janus"} <= set(words)
    assert "bare relay" not in words


def test_points_are_packets_a_second_and_microseconds_of_those_that_count() -> None:
    rows = [GOOD.row(), replace(GOOD, changed=1).row()]
    assert points_of(rows) == [(10_000.0, 50.0)]


def test_names_do_not_stand_on_each_other() -> None:
    same = [(1000.0, 20.0), (2000.0, 21.0)]
    root = ElementTree.fromstring(plot({name: same for name in "abc"}, "three alike"))
    heights = sorted(
        float(text.get("y", "")) for text in root.findall(f"{SVG}text") if text.text in set("abc")
    )
    assert all(after - before >= 16 for before, after in pairwise(heights))


def test_cheaper_is_lower_and_busier_is_further_right() -> None:
    svg = plot({"a": [(1000.0, 20.0), (4000.0, 10.0)]}, "one")
    (line,) = ElementTree.fromstring(svg).findall(f"{SVG}polyline")
    (x0, y0), (x1, y1) = (map(float, p.split(",")) for p in line.get("points", "").split())
    assert x1 > x0
    assert y1 > y0  # downwards, in SVG
