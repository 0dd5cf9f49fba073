"""Run the rebinding benchmark: `python -m benchmarks.rebinding`, about 80 s per browser."""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from benchmarks.netlab.tun import unavailable_reason
from benchmarks.rebinding.call import Change, Cost, Kind, measure
from benchmarks.rebinding.figures import summary
from tests.support.media import write_media

RESULTS = Path(__file__).parents[1] / "results"
KINDS: tuple[Kind, ...] = get_args(Kind)
CHANGES: dict[Change, int] = {"rebound": 5, "moved": 3}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rebinding")
    parser.add_argument("--only", choices=KINDS, help="one browser; writes no result")
    only = parser.parse_args().only
    reason = unavailable_reason()
    if reason:
        raise SystemExit(reason)
    changes = [change for change, often in CHANGES.items() for _ in range(often)]
    line: dict[str, object] = {}
    for kind in KINDS if only is None else (only,):
        with tempfile.TemporaryDirectory(prefix="visavis-rebinding-") as name:
            folder = Path(name)
            media = {role: write_media(role, folder) for role in ("therapist", "patient")}
            costs, report = asyncio.run(measure(kind, changes, media, folder))
        for cost in costs:
            print(f"{kind}: {cost}", flush=True)
        if report.void:
            print(f"{kind} is void: {report.void}", flush=True)
        line[kind] = figures(costs) | {"void": report.void}
    if only is None:
        _write(line)
    print(json.dumps(line))


def figures(costs: Sequence[Cost]) -> dict[str, object]:
    """Sum up one browser's call, by change, way and medium."""
    return {
        f"{change} {way.replace('_', ' ')} {medium}": summary(
            getattr(cost, way)[medium] for cost in costs if cost.change == change
        )
        for change in get_args(Change)
        for way in ("to_therapist", "to_patient")
        for medium in ("sound", "picture")
    }


def _write(line: dict[str, object]) -> None:
    now = datetime.now(UTC)
    path = RESULTS / f"rebinding-{now:%Y-%m-%d}.json"
    result = {"measured_at": now.isoformat(timespec="seconds"), **line}
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
