"""Run the soak: `python -m benchmarks.soak [--minutes N]`; the exit code is 1 where it grows."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from benchmarks.relay.figures import Round, calls_at
from benchmarks.relay.joining import Node
from benchmarks.relay.load import Load
from benchmarks.relay.processes import LOAD_CPU, Relay, claim, start_node
from benchmarks.relay.traffic import CALL_PER_S
from benchmarks.soak.figures import Slope, grows, slopes, verdict
from benchmarks.soak.machine import piece_us

RESULTS = Path(__file__).parents[1] / "results"
FIRST_CALLS, FIRST_SECONDS = 8, 3.0
"""By which the node's own rate is told, and so what half load is."""
SHARE = 0.5
SECONDS = 10.0
"""Of a round."""


async def measure(minutes: float, seconds: float = SECONDS) -> dict[str, Any]:
    """Return every sample, and the slope of each figure."""
    claim(LOAD_CPU)
    load, node = Load(), start_node("benchmarks.soak.node")
    try:
        headers = {"Authorization": f"Bearer {node.token}"}
        async with ClientSession(node.api, headers=headers) as control:
            calls = await _join_half(load, node, Node(control))
            samples = await _soak(load, node, 60 * minutes, seconds)
    finally:
        node.stop()
        load.wire.close()
    found = slopes(samples)
    return {
        "calls": calls,
        "void_rounds": sum(sample["p50_ms"] is None for sample in samples),
        "slopes_per_h": {name: own and own.row() for name, own in found.items()},
        "grows": [name for name, own in found.items() if grows(name, own, minutes / 60)],
        "samples": samples,
    }


async def _join_half(load: Load, node: Relay, server: Node) -> int:
    await load.join(server, FIRST_CALLS)
    first = await load.play(node, load.calls, FIRST_SECONDS)
    calls = max(FIRST_CALLS, calls_at(SHARE, round(first.pps_per_core), CALL_PER_S))
    if calls > FIRST_CALLS:
        await load.join(server, calls - FIRST_CALLS)
    return calls


async def _soak(
    load: Load, node: Relay, lasts_s: float, seconds: float
) -> list[dict[str, float | None]]:
    """Play rounds; the first, in which caches fill, has no sample."""
    await load.play(node, load.calls, seconds)
    began_at = time.monotonic()
    samples: list[dict[str, float | None]] = []
    while (at_s := time.monotonic() - began_at) < lasts_s or not samples:
        found = await load.play(node, load.calls, seconds)
        sample = {"at_s": round(at_s, 1)} | held(node) | told(found, piece_us())
        samples.append(sample)
        print(" ".join(f"{name} {_short(value)}" for name, value in sample.items()), flush=True)
    return samples


def held(node: Relay) -> dict[str, float | None]:
    """Ask the kernel and the process itself what it holds."""
    process = node.process
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    objects, tasks = map(int, process.stdout.readline().split())
    return {
        "memory_kb": node.memory_kb(),
        "objects": objects,
        "tasks": tasks,
        "threads": len(os.listdir(f"/proc/{process.pid}/task")),
        "files": len(os.listdir(f"/proc/{process.pid}/fd")),
    }


def told(found: Round, work_us: float) -> dict[str, float | None]:
    """Return the latency and cost of a round; nothing of a void one.

    Args:
        work_us: What a piece of work costs on this machine just now.
    """
    if found.faults:
        return dict.fromkeys(("p50_ms", "p99_ms", "packet_us", "packet_pieces"))
    packet_us = 1e6 / found.pps_per_core
    return {
        "p50_ms": round(found.latency_ms_p50, 4),
        "p99_ms": round(found.latency_ms_p99, 4),
        "packet_us": round(packet_us, 2),
        "packet_pieces": round(packet_us / work_us, 3),
    }


def line(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the line that is published."""
    return {"slopes_per_h": result["slopes_per_h"], "grows": result["grows"]}


def said(name: str, found: list[float] | None, hours: float) -> str:
    """Return one figure's slope, over a run of these hours, in words."""
    if found is None:
        return f"{name:10} too few rounds that count"
    own = Slope(*found)
    sure = verdict(name, own, hours).replace("grows", "GROWS")
    return f"{name:10} {own.middle:+10.3f} an hour, {own.low:+.3f} to {own.high:+.3f}  {sure}"


def _short(value: float | None) -> str:
    return "void" if value is None else f"{value:g}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak")
    parser.add_argument("--minutes", type=float, default=30.0)
    minutes: float = parser.parse_args().minutes
    busy = os.getloadavg()[0]
    result = asyncio.run(measure(minutes))
    now = datetime.now(UTC)
    setup = {
        "measured_at": now.isoformat(timespec="seconds"),
        "minutes": minutes,
        "load_average_before": round(busy, 2),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"soak-{now:%Y-%m-%d}.json"
    path.write_text(json.dumps(setup | result, indent=1) + "\n")
    for name, found in result["slopes_per_h"].items():
        print(said(name, found, minutes / 60))
    print(json.dumps(line(result)))
    sys.exit(1 if result["grows"] else 0)


if __name__ == "__main__":
    main()
