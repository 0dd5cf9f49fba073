"""Run the congestion benchmark: `python -m benchmarks.congestion`, two calls of a minute."""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.congestion.call import Route, measure
from benchmarks.netlab.tun import unavailable_reason
from tests.support.media import write_busy_media

RESULTS = Path(__file__).parents[1] / "results"
ROUTES: tuple[Route, ...] = ("ours", "direct")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.congestion")
    parser.add_argument("--only", choices=ROUTES, help="one of the two calls; writes no result")
    only = parser.parse_args().only
    reason = unavailable_reason()
    if reason:
        raise SystemExit(reason)
    line: dict[str, object] = {}
    lateness: list[float] = []
    for route in ROUTES if only is None else (only,):
        with tempfile.TemporaryDirectory(prefix="visavis-congestion-") as name:
            folder = Path(name)
            media = {role: write_busy_media(role, folder) for role in ("therapist", "patient")}
            figures, report = asyncio.run(measure(route, media, folder))
        print(f"{route}: {json.dumps(figures)}", flush=True)
        if report.void:
            print(f"{route} is void: {report.void}", flush=True)
        line[route] = figures | {"void": report.void}
        lateness.append(report.lateness_ms_p99)
    line["lateness_ms_p99"] = max(lateness)
    if only is None:
        _write(line)
    print(json.dumps(line))


def _write(line: dict[str, object]) -> None:
    now = datetime.now(UTC)
    path = RESULTS / f"congestion-{now:%Y-%m-%d}.json"
    result = {"measured_at": now.isoformat(timespec="seconds"), **line}
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
