"""Run the congestion benchmark: `python -m benchmarks.congestion`, two calls of a minute.

With `--lines` two calls of half a minute on each of six lines that stay as they are, instead.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.congestion.call import Route, measure, measure_steady
from benchmarks.netlab.fatelog import Report
from benchmarks.netlab.tun import unavailable_reason
from tests.support.media import MediaFiles, write_busy_media

RESULTS = Path(__file__).parents[1] / "results"
ROUTES: tuple[Route, ...] = ("ours", "direct")
LINES = [(kbps, queue_ms) for kbps in (300, 1000, 5000) for queue_ms in (60, 300)]

Figures = dict[str, Any]
Held = Callable[[dict[str, MediaFiles], Path], Coroutine[Any, Any, tuple[Figures, Report]]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.congestion")
    parser.add_argument("--only", choices=ROUTES, help="one of the two routes; writes no result")
    parser.add_argument("--lines", action="store_true", help="lines that stay as they are")
    asked = parser.parse_args()
    reason = unavailable_reason()
    if reason:
        raise SystemExit(reason)
    routes = ROUTES if asked.only is None else (asked.only,)
    line = _over_lines(routes) if asked.lines else _over_fall(routes)
    if asked.only is None:
        _write("congestion-lines" if asked.lines else "congestion", line)
    print(json.dumps(line))


def _over_fall(routes: Sequence[Route]) -> Figures:
    return _together({route: _hold(route, partial(measure, route)) for route in routes})


def _over_lines(routes: Sequence[Route]) -> Figures:
    calls = {}
    for kbps, queue_ms in LINES:
        for route in routes:
            name = f"{kbps} kbit/s, {queue_ms} ms, {route}"
            held = partial(measure_steady, route, kbps * 1000, queue_ms / 1000)
            calls[name] = _hold(name, held)
    return _together(calls)


def _hold(name: str, held: Held) -> tuple[Figures, Report]:
    """Hold one call and say how it was."""
    with tempfile.TemporaryDirectory(prefix="visavis-congestion-") as scratch:
        folder = Path(scratch)
        media = {role: write_busy_media(role, folder) for role in ("therapist", "patient")}
        figures, report = asyncio.run(held(media, folder))
    print(f"{name}: {json.dumps(figures)}", flush=True)
    if report.void:
        print(f"{name} is void: {report.void}", flush=True)
    return figures, report


def _together(calls: dict[str, tuple[Figures, Report]]) -> Figures:
    line: Figures = {
        name: figures | {"void": report.void} for name, (figures, report) in calls.items()
    }
    line["lateness_ms_p99"] = max(report.lateness_ms_p99 for _, report in calls.values())
    return line


def _write(name: str, line: Figures) -> None:
    now = datetime.now(UTC)
    path = RESULTS / f"{name}-{now:%Y-%m-%d}.json"
    result = {"measured_at": now.isoformat(timespec="seconds"), **line}
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
