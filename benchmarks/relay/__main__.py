"""Run the relay benchmark: `python -m benchmarks.relay [--full | --peers NAMES [--minutes N]]`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from benchmarks.peers import place, run
from benchmarks.peers.adapter import Adapter
from benchmarks.peers.known import chosen, split
from benchmarks.relay import floor
from benchmarks.relay.figures import Round, calls_at, middle, pps_per_core, summary
from benchmarks.relay.joining import Node
from benchmarks.relay.load import Load
from benchmarks.relay.processes import LOAD_CPU, Relay, claim, start_floor, start_node
from benchmarks.relay.traffic import CALL_PER_S, Call

RESULTS = Path(__file__).parents[1] / "results"
CALLS = 20
"""At which the three relays are compared."""
TURNS = 3
SECONDS = 2.0
LOAD_SECONDS = 6.0
REPEATS = 2
"""Of a void round, within `REPEAT_FOR_S` from the start: the default form shall end in 50 s."""
REPEAT_FOR_S = 34.0
FEW_CALLS, MANY_CALLS = (1, 2, 5, 10), (CALLS, 2 * CALLS)
"""Of the full form; the few come first, as nobody leaves."""
FULL_LOADS = (0.1, 0.8)
"""Beside half."""
FULL_SECONDS = 4.0


@dataclass(slots=True)
class Bench:
    """One run: relays, load and what was measured so far."""

    load: Load
    relays: dict[str, Relay]
    node: Node
    rounds: list[Round]
    floor_calls: dict[str, list[Call]]
    repeat_until: float
    joined_peers: int = 0
    joining_s: float = 0.0

    async def join_up_to(self, calls: int) -> None:
        missing = calls - len(self.load.calls)
        if missing > 0:
            self.joining_s += await self.load.join(self.node, missing)
            self.joined_peers += 2 * missing

    async def play(self, name: str, calls: int, seconds: float) -> Round:
        """Play one round, again while it is void and there is time, and keep it."""
        relay = self.relays[name]
        for repeats in range(REPEATS, -1, -1):
            used = self._calls(relay, calls)
            found = await self.load.play(relay, used, seconds, pages=name == "ours")
            self.rounds.append(found)
            print(_line(found), flush=True)
            if not found.faults or not repeats or time.monotonic() > self.repeat_until:
                return found
        raise AssertionError("the last repeat returned")

    def _calls(self, relay: Relay, calls: int) -> Sequence[Call]:
        """Return the calls as this relay knows them."""
        likes = self.load.calls[:calls]
        if relay.name == "ours":
            return likes
        known = self.floor_calls.setdefault(relay.name, [])
        for n in range(len(known), calls):
            lines = floor.lines_of(likes[n].one), floor.lines_of(likes[n].other)
            known.append(floor.call(n, lines, relay.name, relay.media_port))
        return known[:calls]


async def measure(full: bool) -> dict[str, Any]:
    """Return all that was measured, the line last."""
    claim(LOAD_CPU)
    until = time.monotonic() + (inf if full else REPEAT_FOR_S)
    with ExitStack() as stack:
        load = Load()
        node = start_node()
        stack.callback(node.stop)
        relays = {"ours": node}
        for kind in ("bare", "gcm"):
            relays[kind] = start_floor(kind, 2 * max(MANY_CALLS), load.wire.port)
            stack.callback(relays[kind].stop)
        headers = {"Authorization": f"Bearer {node.token}"}
        async with ClientSession(node.api, headers=headers) as control:
            return await _measure(Bench(load, relays, Node(control), [], {}, until), full)


async def _measure(bench: Bench, full: bool) -> dict[str, Any]:
    node = bench.relays["ours"]
    await bench.load.join(bench.node, 1)  # what a first join loads is no peer's memory
    before_kb, before_peers = node.memory_kb(), 2
    by_calls = await _by_calls(bench, FEW_CALLS) if full else []
    await bench.join_up_to(CALLS)
    turns = [
        await bench.play(name, CALLS, SECONDS)
        for _ in range(TURNS)
        for name in ("bare", "ours", "gcm")
    ]
    rates = {name: pps_per_core(turns, name) for name in bench.relays}
    calls = calls_at(0.5, rates["ours"], CALL_PER_S)
    await bench.join_up_to(calls)
    half = await bench.play("ours", calls, LOAD_SECONDS)
    kb_per_peer = (node.memory_kb() - before_kb) / (2 * len(bench.load.calls) - before_peers)
    by_load = {0.5: half}
    if full:
        by_calls += await _by_calls(bench, MANY_CALLS)
        for share in FULL_LOADS:
            calls = calls_at(share, rates["ours"], CALL_PER_S)
            await bench.join_up_to(calls)
            by_load[share] = await bench.play("ours", calls, LOAD_SECONDS)
    return {
        "relays": rates,
        "by_load": {f"{share:.0%}": by_load[share].row() for share in sorted(by_load)},
        "by_calls": [found.row() for found in by_calls],
        "rounds": [found.row() for found in bench.rounds],
        "line": summary(rates, half, kb_per_peer, bench.joined_peers / bench.joining_s),
    }


async def _by_calls(bench: Bench, numbers: Sequence[int]) -> list[Round]:
    """Play ours and a bare relay by turns at each number of calls; keep the median turn of each."""
    kept = []
    for calls in numbers:
        await bench.join_up_to(calls)
        names = ("bare", "ours") * TURNS
        turns = [await bench.play(name, calls, FULL_SECONDS) for name in names]
        kept += [middle(turns, name) for name in ("bare", "ours")]
    return kept


def _line(found: Round) -> str:
    void = f"  VOID: {', '.join(found.faults)}" if found.faults else ""
    return (
        f"{found.relay:5} {found.calls:3} calls  {found.sent / found.seconds:6.0f}/s  "
        f"core {found.cpu_ratio:4.0%}  {found.pps_per_core:6.0f} per CPU second  "
        f"latency p50 {found.latency_ms_p50:.3f} p99 {found.latency_ms_p99:.3f} ms{void}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relay")
    parser.add_argument("--full", action="store_true", help="also by calls and by load")
    parser.add_argument("--peers", metavar="NAMES", help="beside these servers, or all of them")
    parser.add_argument("--minutes", type=float, default=8.0, help="of the run beside others")
    given = parser.parse_args()
    if given.peers:
        try:
            adapters = chosen(given.peers)
        except ValueError as error:
            parser.error(str(error))
        _beside(adapters, given.minutes)
    else:
        _alone(given.full)


def _beside(adapters: Sequence[Adapter], minutes: float) -> None:
    """Compare these servers."""
    apart = place.enter()
    if apart is not None:
        print(f"no network of our own: {apart}")
    able, skipped = split(adapters)
    for name, reason in skipped.items():
        print(f"{name}: skipped: {reason}")
    now = datetime.now(UTC)
    found = run.measure(able, skipped, minutes)
    result = {"measured_at": now.isoformat(timespec="seconds")} | found
    _write(f"peers-{now:%Y-%m-%d}.json", result)
    print(json.dumps(result["line"]))


def _alone(full: bool) -> None:
    """Measure ours beside a bare relay alone."""
    started_at = time.monotonic()
    busy = os.getloadavg()[0]
    found = asyncio.run(measure(full))
    line = found.pop("line")
    now = datetime.now(UTC)
    setup = {
        "measured_at": now.isoformat(timespec="seconds"),
        "took_s": round(time.monotonic() - started_at, 1),
        "load_average_before": round(busy, 2),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
    }
    _write(f"relay-{'full-' if full else ''}{now:%Y-%m-%d}.json", setup | line | found)
    void = [name for name, figure in line.items() if figure is None]
    if void:
        print(f"void, and so unknown: {', '.join(void)}")
    print(json.dumps(line))


def _write(name: str, result: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / name).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
