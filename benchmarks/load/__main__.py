"""A short headless load against a server of its own: `python -m benchmarks.load`, `make load`.

Everything behind `--` goes to locust, in place of what stands here.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.load.recording import cached
from tests.e2e.harness.product import Product

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
SERVER = {"VISAVIS_OUTBOX": "page", "VISAVIS_ANNOUNCE": "127.0.0.1"}
USUAL = (
    "--users", "13", "--spawn-rate", "2", "--run-time", "100s", "--stop-timeout", "60s",
    "--minutes", "0.5",
)  # fmt: skip
"""Half of the users are pairs; whoever is in a visit when the time is over ends it first."""
MOST_S = 230.0
"""For all of locust's run, whatever hangs."""


async def run(folder: Path, chosen: Sequence[str]) -> int:
    """Start a server, load it, stop it; returns locust's exit code."""
    cached()  # before the clock of the run is started
    product = Product(folder / "product", settings=SERVER)
    try:
        await product.start()
        return await asyncio.to_thread(_locust, product.url, chosen)
    finally:
        await product.stop()


def _locust(url: str, chosen: Sequence[str]) -> int:
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--host", url]
    try:
        done = subprocess.run(
            [*command, "--only-summary", *(chosen or USUAL)], timeout=MOST_S, check=False
        )
    except subprocess.TimeoutExpired:
        print(f"FAILED: locust did not end within {MOST_S:.0f} s")
        return 1
    return done.returncode


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("locust", nargs="*", help="for locust, e.g. -- VisitPair -u 2 -t 60s")
    chosen = parser.parse_args().locust
    with tempfile.TemporaryDirectory(prefix="visavis-load-") as folder:
        code = asyncio.run(run(Path(folder), chosen))
    sys.exit(code)


if __name__ == "__main__":
    main()
