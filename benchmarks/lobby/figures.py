"""The figures of a full house, from what was measured. PURE."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.desk.figures import p95

PUSH_MS = 100.0
"""To reach: p95."""


def line(
    pushes_ms: Sequence[float], grown_kb: float, waiting: int, cpu_s: float, seconds: float
) -> dict[str, float]:
    """Return the benchmark's one line.

    Args:
        pushes_ms: Of those who came while the house was full.
        grown_kb: Resident memory, since `waiting` fewer waited.
        waiting: How many that were.
        cpu_s: Of control, while they came.
        seconds: How long that took.
    """
    return {
        "push_ms_p95": p95(list(pushes_ms)),
        "kb_per_waiting": round(grown_kb / waiting, 1),
        "cpu_ratio": round(cpu_s / seconds, 3),
    }
