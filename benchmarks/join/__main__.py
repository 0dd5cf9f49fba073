"""Run the join benchmark: `python -m benchmarks.join [--runs 20]`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from benchmarks.join.figures import Meeting, rows_of, summary
from benchmarks.join.visit import WINDOW, meet
from tests.e2e.harness.browser import Browsers, launch
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visits
from tests.support.media import write_busy_media

RESULTS = Path(__file__).parents[1] / "results"
P95_TO_REACH_MS = 300


async def measure(runs: int, folder: Path) -> tuple[list[Meeting], dict[str, Any]]:
    """Return every meeting, and what they were measured with."""
    product = Product(folder / "product")
    async with async_playwright() as playwright:
        files = {role: write_busy_media(role, folder) for role in ("therapist", "patient")}
        browsers = Browsers(
            await launch(playwright, files["therapist"]), await launch(playwright, files["patient"])
        )
        try:
            await product.start()
            meetings = await _meet_often(Visits(product, browsers), runs)
        finally:
            await product.stop()
            await browsers.therapist.close()
            await browsers.patient.close()
        return meetings, {"chromium": browsers.patient.version, "cpus": os.cpu_count()}


async def _meet_often(visits: Visits, runs: int) -> list[Meeting]:
    therapist = await visits.new_therapist(**WINDOW)
    await therapist.register("join@example.org")
    meetings = []
    for number in range(1, runs + 1):
        meeting = await meet(visits, therapist, number)
        rate = "never" if meeting.rate_s is None else f"{meeting.rate_s:.1f} s"
        print(f"{number:3}: frame after {meeting.frame_ms:.0f} ms, 1 Mbps after {rate}", flush=True)
        meetings.append(meeting)
    return meetings


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.join")
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="visavis-join-") as folder:
        meetings, setup = asyncio.run(measure(runs, Path(folder)))
    now = datetime.now(UTC)
    line = summary(meetings)
    result = {"measured_at": now.isoformat(timespec="seconds"), "runs": runs, **setup, **line}
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"join-{now:%Y-%m-%d}.json"
    path.write_text(json.dumps(result | {"meetings": rows_of(meetings)}, indent=1) + "\n")
    print(f"to reach: accept_to_frame_ms_p95 of at most {P95_TO_REACH_MS}; written to {path.name}")
    print(json.dumps(line))


if __name__ == "__main__":
    main()
