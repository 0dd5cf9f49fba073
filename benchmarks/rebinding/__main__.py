"""Run the rebinding benchmark: `python -m benchmarks.rebinding`, about 90 s each for five calls."""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from benchmarks.netlab.tun import unavailable_reason
from benchmarks.rebinding.call import Change, Cost, Kind, idle_restarts, measure
from benchmarks.rebinding.figures import summary
from tests.support.media import MediaFiles, write_media

RESULTS = Path(__file__).parents[1] / "results"
KINDS: tuple[Kind, ...] = get_args(Kind)
CHANGES: dict[Change, int] = {"rebound": 5, "moved": 3}


#: Lines that never change, and that no page may take for a changed one within a minute.
UNCHANGED = ("lte", "wifi-bad")
UNCHANGED_S = 60.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rebinding")
    parser.add_argument("--only", choices=(*KINDS, *UNCHANGED), help="one of the five calls")
    only = parser.parse_args().only
    reason = unavailable_reason()
    if reason:
        raise SystemExit(reason)
    line: dict[str, object] = {}
    for kind in KINDS:
        if only in (None, kind):
            line[kind] = _changed(kind)
    for profile in UNCHANGED:
        if only in (None, profile):
            line[profile] = _unchanged(profile)
    _write(line)
    print(json.dumps(line))


def _changed(kind: Kind) -> dict[str, object]:
    changes = [change for change, often in CHANGES.items() for _ in range(often)]
    with _media() as (media, folder):
        costs, report = asyncio.run(measure(kind, changes, media, folder))
    for cost in costs:
        print(f"{kind}: {cost}", flush=True)
    return figures(costs) | {"void": report.void}


def _unchanged(profile: str) -> dict[str, object]:
    with _media() as (media, folder):
        restarts, report = asyncio.run(idle_restarts(profile, UNCHANGED_S, media, folder))
    return {"restarts": restarts, "seconds": UNCHANGED_S, "void": report.void}


@contextmanager
def _media() -> Iterator[tuple[dict[str, MediaFiles], Path]]:
    with tempfile.TemporaryDirectory(prefix="visavis-rebinding-") as name:
        folder = Path(name)
        yield {role: write_media(role, folder) for role in ("therapist", "patient")}, folder


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
    """Put these calls into the day's result, beside those that ran apart."""
    now = datetime.now(UTC)
    path = RESULTS / f"rebinding-{now:%Y-%m-%d}.json"
    before = json.loads(path.read_text()) if path.exists() else {}
    result = before | line | {"measured_at": now.isoformat(timespec="seconds")}
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
