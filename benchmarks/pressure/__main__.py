"""Run the benchmark and print one line of JSON: `python -m benchmarks.pressure [--save]`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import practice
from benchmarks.pressure import loads
from benchmarks.pressure.server import client, control, ready
from tests.support.ports import free_port

RESULTS = Path(__file__).parents[1] / "results"
PARTS = {
    "lists": loads.lists,
    "logins": loads.logins,
    "floods": loads.floods,
    "half_sent": loads.half_sent,
    "guesses": loads.guesses,  # last: they may slow down who asks after them
}
FIGURES = (
    "health_p99_ms_login",
    "health_p99_ms_ws_flood",
    "half_sent_health_ok",
    "guesses_judged_of_200",
    "lists_p95_ms",
    "list_stall_ms",
)


async def measure(folder: Path, parts: list[str]) -> dict[str, Any]:
    """Return the figures of these parts, in the order of `PARTS`."""
    await (await practice.make(folder)).close()
    port = free_port()
    result: dict[str, Any] = {}
    with control(folder, port) as served:
        await ready(port)
        async with client(port) as therapist:
            if await loads.log_in(therapist) != 200:
                raise SystemExit("the therapist cannot log in")
            for name in parts:
                began = time.monotonic()
                result |= await PARTS[name](served, therapist)
                print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pressure")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/ as well")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART")
    options = parser.parse_args()
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="visavis-pressure-") as folder:
        result = asyncio.run(measure(Path(folder), options.only))
    line = {name: _rounded(result[name]) for name in FIGURES if name in result}
    if options.save:
        now = datetime.now(UTC)
        machine = {"cpus": os.cpu_count(), "load_before": round(load_before, 2)}
        setup = {"measured_at": now.isoformat(timespec="seconds"), **machine}
        path = RESULTS / f"pressure-{now:%Y-%m-%d}.json"
        path.write_text(json.dumps(setup | line | {"details": result}, indent=1) + "\n")
    print(json.dumps(line))


def _rounded(value: Any) -> Any:
    return round(value, 1) if isinstance(value, float) else value


if __name__ == "__main__":
    main()
