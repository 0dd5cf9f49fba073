"""Put the newest full house into docs/benchmarks.md: `python -m benchmarks.lobby.render`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from benchmarks.lobby.figures import PUSH_MS
from benchmarks.tables import PAGE, ROOT, put_into, table

NAME = "lobby"


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


def main() -> None:
    newest = max((ROOT / "benchmarks" / "results").glob("lobby-*.json"))
    text = f"`{newest.name}`: " + rendered(json.loads(newest.read_text()))
    PAGE.write_text(put_into(PAGE.read_text(), NAME, text))
    print(f"{newest.name} is in {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
