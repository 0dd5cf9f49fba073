"""Run the benchmark of a full house: `python -m benchmarks.lobby`; the last line is JSON."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import resource
import tempfile
import time
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.lobby.figures import PUSH_MS, line
from benchmarks.lobby.house import fill
from benchmarks.lobby.pages import Pages
from benchmarks.pressure.server import Served, control, ready
from tests.support.ports import free_port

RESULTS = Path(__file__).parents[1] / "results"
FILES = 8192
"""Open files of control, and of this process: a socket for everybody."""
FIRST = 50
"""Who wait before memory is first looked at: what a first one loads is nobody's."""
COME = 100
REST_S = 20.0
"""Each socket's heartbeat comes once in so long."""
SETTLE_S = 3.0
"""Until the last pushes of those who came are out."""


async def measure(folder: Path, therapists: int, waiting: int, per_s: float) -> dict[str, Any]:
    """Return what control takes at rest, and the figures."""
    hosts = await fill(folder, therapists, waiting + COME)
    rows = zip_longest(*(host.guests for host in hosts))
    guests = [guest for row in rows for guest in row if guest is not None]  # to each in turn
    port = free_port()
    with control(folder, port, files=FILES) as served:
        await ready(port)
        connector = aiohttp.TCPConnector(limit=0)
        jar = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as http:
            pages = Pages(http, f"http://127.0.0.1:{port}", f"http://localhost:{port}")
            await pages.open_homes(hosts)
            await pages.come_together(guests[:FIRST])
            before_kb = served.memory_kb()
            await pages.come_together(guests[FIRST:waiting])
            grown_kb = served.memory_kb() - before_kb
            at_rest = await _at_rest(served)
            print(f"{waiting} wait; at rest {at_rest:.3f} of a core", flush=True)
            cpu_s, began = served.cpu_s(), time.monotonic()
            pushes_ms = await pages.come_evenly(guests[waiting:], per_s)
            seconds, cpu_s = time.monotonic() - began, served.cpu_s() - cpu_s
            await pages.close()
    figures = line(pushes_ms, grown_kb, waiting - FIRST, cpu_s, seconds)
    return {"at_rest_ratio": round(at_rest, 3), "line": figures}


async def _at_rest(served: Served) -> float:
    """Return the share of a core that control uses while nobody comes."""
    await asyncio.sleep(SETTLE_S)
    cpu_s = served.cpu_s()
    await asyncio.sleep(REST_S)  # what is measured
    return (served.cpu_s() - cpu_s) / REST_S


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lobby")
    parser.add_argument("--therapists", type=int, default=200)
    parser.add_argument("--waiting", type=int, default=1000)
    parser.add_argument("--per-second", type=float, default=10.0)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    now, busy = datetime.now(UTC), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="visavis-lobby-") as folder:
        found = asyncio.run(
            measure(Path(folder), options.therapists, options.waiting, options.per_second)
        )
    setup = {
        "measured_at": now.isoformat(timespec="seconds"),
        "load_average_before": round(busy, 2),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
    }
    result = setup | vars(options) | found
    (RESULTS / f"lobby-{now:%Y-%m-%d}.json").write_text(json.dumps(result, indent=1) + "\n")
    figures = found["line"]
    if figures["push_ms_p95"] > PUSH_MS:
        print(f"not reached: push_ms_p95 of at most {PUSH_MS:.0f}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
