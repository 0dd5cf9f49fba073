"""Run the flood: `python -m benchmarks.flood [--seconds 60]`."""

from __future__ import annotations

import argparse
import asyncio
import json

from benchmarks.flood.measure import measure


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flood")
    parser.add_argument("--seconds", type=float, default=60.0, help="of flood; in peace a third")
    parser.add_argument("--strangers", type=float, default=20_000.0, help="packets a second")
    parser.add_argument("--insider", type=float, default=2_000.0, help="packets a second")
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(measure(asked.seconds, asked.strangers, asked.insider))))


if __name__ == "__main__":
    main()
