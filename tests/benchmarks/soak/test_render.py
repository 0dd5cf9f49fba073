"""The table of a soak."""

from __future__ import annotations

from typing import Any

from benchmarks.soak.figures import ALLOWED
from benchmarks.soak.render import rendered


def a_result() -> dict[str, Any]:
    """Memory grows, threads do not, and no round's latency counts."""
    held: dict[str, Any] = dict.fromkeys(ALLOWED, 5)
    samples = [held | {"memory_kb": kb, "p99_ms": None} for kb in (90_000, 93_500)]
    flat = [0.0, -0.1, 0.1]
    return {
        "measured_at": "2026-11-29T01:30:00+00:00",
        "minutes": 30,
        "calls": 20,
        "void_rounds": 2,
        "cpus": 2,
        "load_average_before": 0.1,
        "python": "3.11.7",
        "samples": samples,
        "grows": ["memory_kb"],
        "slopes_per_h": dict.fromkeys(ALLOWED, flat)
        | {"memory_kb": [7_000.0, 6_500.0, 7_500.0], "p99_ms": None},
    }


def test_what_grows_stands_out_beside_what_is_flat() -> None:
    text = rendered(a_result())
    assert "30 minutes of 20 calls, 2 rounds, 2 of them void" in text
    assert (
        "| resident memory, kB | 90,000 | 93,500 | +7,000.00 | +6,500.00 to +7,500.00 | 1,024 | "
        "**grows** |"
    ) in text
    assert "| threads | 5 | 5 | +0.00 | -0.10 to +0.10 | 0.5 | flat |" in text
    assert "| the same, p99 | – | – | – | – | 1 | too few rounds |" in text
