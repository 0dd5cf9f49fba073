"""The table of a full house."""

from __future__ import annotations

from typing import Any

from benchmarks.lobby.render import rendered

RESULT: dict[str, Any] = {
    "measured_at": "2026-11-29T12:00:00+00:00",
    "therapists": 200,
    "waiting": 1000,
    "per_second": 10.0,
    "load_average_before": 0.1,
    "cpus": 2,
    "python": "3.11.7",
    "at_rest_ratio": 0.21,
    "line": {"push_ms_p95": 39.2, "kb_per_waiting": 39.3, "cpu_ratio": 0.551},
}


def test_each_figure_stands_beside_what_is_to_be_reached() -> None:
    text = rendered(RESULT)
    assert "1,000 waiting at 200 therapists', 10 more a second" in text
    assert "shows the patient, p95 | 39.2 ms | 100 ms |" in text
    assert "| control's memory for each who waits | 39.3 kB |  |" in text
    assert "| the same while all wait and nobody comes | 0.21 |  |" in text
