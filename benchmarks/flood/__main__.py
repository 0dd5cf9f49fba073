"""Run the flood: `python -m benchmarks.flood [--seconds 60]`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.flood.junk import MIXES
from benchmarks.flood.measure import measure

RESULTS = Path(__file__).parents[1] / "results"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flood")
    parser.add_argument("--seconds", type=float, default=60.0, help="of flood; in peace a third")
    parser.add_argument("--strangers", type=float, default=20_000.0, help="packets a second")
    parser.add_argument("--insider", type=float, default=2_000.0, help="packets a second")
    parser.add_argument("--mix", default="junk", choices=sorted(MIXES), help="what strangers send")
    parser.add_argument("--keep", action="store_true", help="write it to benchmarks/results")
    asked = parser.parse_args()
    line = asyncio.run(measure(asked.seconds, asked.strangers, asked.insider, asked.mix))
    now = datetime.now(UTC)
    setup = {"measured_at": now.isoformat(timespec="seconds"), "cpus": os.cpu_count()}
    if asked.keep:
        path = RESULTS / f"flood-{asked.mix}-{now:%Y-%m-%d}.json"
        path.write_text(json.dumps(setup | line, indent=1) + "\n")
    print(json.dumps(line))


if __name__ == "__main__":
    main()
