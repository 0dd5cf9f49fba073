"""Put the newest full house into docs/benchmarks.md: `python -m benchmarks.lobby.render`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.lobby.figures import PUSH_MS
from benchmarks.tables import put_newest, table


def rendered(result: Mapping[str, Any]) -> str:
    """Return the table of one result, as Markdown."""
    found = result["line"]
    rows = (
        (
            "from a patient's WebSocket to Home's message that shows the patient, p95",
            f"{found['push_ms_p95']:g} ms",
            f"{PUSH_MS:g} ms",
        ),
        ("control's memory for each who waits", f"{found['kb_per_waiting']:g} kB", ""),
        ("control's share of a core while patients come", f"{found['cpu_ratio']:g}", ""),
        ("the same while all wait and nobody comes", f"{result['at_rest_ratio']:g}", ""),
    )
    return "\n".join(
        [
            f"{result['measured_at'][:10]}, one run, {result['waiting']:,} waiting at "
            f"{result['therapists']} therapists', {result['per_second']:g} more a second; "
            f"{result['cpus']} cores, load average {result['load_average_before']} before, Python "
            f"{result['python']}:",
            "",
            *table(("", "measured", "to reach"), rows),
        ]
    )


if __name__ == "__main__":
    put_newest("lobby", rendered)
